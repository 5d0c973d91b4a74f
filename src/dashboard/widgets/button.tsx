import { Button as BaseButton } from '@base-ui/react/button';
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

/**
 * A button that is only a picture: `label` says what it does, and `tip` appears beside the pointer. The
 * browser's own tip, as that of the library would be a tenth of all that a first visit loads.
 */
export function IconButton({
  icon,
  label,
  tip,
  ...rest
}: Omit<ComponentProps<typeof BaseButton>, 'className'> & { icon: IconName; label: string; tip?: string }) {
  return (
    <BaseButton
      className={`${classes['button']} ${classes['quiet']} ${classes['icon']}`}
      aria-label={label}
      title={tip ?? label}
      {...rest}
    >
      <Icon name={icon} />
    </BaseButton>
  );
}

/** The look of a button, for links that lead on. */
export function buttonClass(kind: ButtonKind): string {
  return `${classes['button']} ${classes[kind]}`;
}
