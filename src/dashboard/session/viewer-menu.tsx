import { Menu } from '@base-ui/react/menu';
import classes from '../frame/settings-menu.module.css';
import { useTexts } from '../text/locale.ts';
import { session } from './session.ts';
import { SESSION_TEXTS } from './texts.ts';
import { useViewer } from './use-viewer.ts';

/** Who is signed in, as a part of the settings, and the way out. Nothing where the service asks nobody. */
export function ViewerMenu() {
  const texts = useTexts(SESSION_TEXTS);
  const viewer = useViewer();
  if (viewer === undefined || viewer.subject === '') {
    return null;
  }
  return (
    <>
      <Menu.Separator className={classes['separator']} />
      <Menu.Group>
        <Menu.GroupLabel className={classes['label']} data-testid="viewer">
          {texts.you} <strong className={classes['subject']}>{viewer.subject}</strong>
          <br />
          {texts.roles[viewer.role]}
        </Menu.GroupLabel>
        <Menu.Item className={classes['item']} onClick={() => session.signOut()}>
          {texts.signOut}
        </Menu.Item>
      </Menu.Group>
    </>
  );
}
