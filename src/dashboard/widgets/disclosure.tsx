import { Collapsible } from '@base-ui/react/collapsible';
import type { ReactNode } from 'react';
import classes from './disclosure.module.css';
import { Icon } from './icon.tsx';

/** Something that is shown when it is asked for, and not made before. */
export function Disclosure({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Collapsible.Root>
      <Collapsible.Trigger className={classes['trigger']}>
        <span className={classes['arrow']}>
          <Icon name="down" />
        </span>
        {title}
      </Collapsible.Trigger>
      <Collapsible.Panel className={classes['panel']}>{children}</Collapsible.Panel>
    </Collapsible.Root>
  );
}
