import { Button as BaseButton } from '@base-ui/react/button';
import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentProps } from 'react';
import classes from './button.module.css';
import { Icon, type IconName } from './icon.tsx';

/** How much a button asks to be pressed. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

type ButtonProps = Omit<ComponentProps<typeof BaseButton>, 'className'> & { kind?: ButtonKind; icon?: IconName };

/** A button with a text, and a picture before it if there is one. */
export function Button({ kind = 'plain', icon, children, ...rest }: ButtonProps) {
  return (
    <BaseButton className={`${classes['button']} ${classes[kind]}`} {...rest}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </BaseButton>
  );
}

/** A button that is only a picture: `label` says what it does, `tip` is shown beside it. */
export function IconButton({
  icon,
  label,
  tip,
  ...rest
}: Omit<ComponentProps<typeof BaseButton>, 'className'> & { icon: IconName; label: string; tip?: string }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        render={
          <BaseButton
            className={`${classes['button']} ${classes['quiet']} ${classes['icon']}`}
            aria-label={label}
            {...rest}
          />
        }
      >
        <Icon name={icon} />
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6}>
          <Tooltip.Popup className={classes['tip']}>{tip ?? label}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** The look of a button, for links that lead on. */
export function buttonClass(kind: ButtonKind): string {
  return `${classes['button']} ${classes[kind]}`;
}
