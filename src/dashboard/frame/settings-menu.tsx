import { Menu } from '@base-ui/react/menu';
import type { RefObject } from 'react';
import type { Locale } from '../../messages.ts';
import { ViewerMenu } from '../session/viewer-menu.tsx';
import { useTexts } from '../text/locale.ts';
import { buttonClass } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { allowNotifications } from './notifications.ts';
import { choose, THEMES, type Theme, useSettings } from './settings.ts';
import classes from './settings-menu.module.css';
import { showToast } from './show-toast.ts';
import { FRAME_TEXTS } from './texts.ts';

const LANGUAGES: Record<Locale, string> = { en: 'English', 'zh-Hant': '繁體中文' };

/** Theme, language, notifications, and the way to the API. Opens as it appears. */
export default function SettingsMenu({ container }: { container: RefObject<HTMLElement | null> }) {
  const texts = useTexts(FRAME_TEXTS);
  const { theme, locale, notify } = useSettings();
  return (
    <Menu.Root defaultOpen>
      <Menu.Trigger className={`${buttonClass('quiet')} ${classes['trigger']}`} aria-label={texts.settings}>
        <Icon name="settings" />
      </Menu.Trigger>
      <Menu.Portal container={container}>
        <Menu.Positioner className={classes['positioner']} sideOffset={6} align="end">
          <Menu.Popup className={classes['popup']}>
            <Menu.Group>
              <Menu.GroupLabel className={classes['label']}>{texts.theme}</Menu.GroupLabel>
              <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => choose({ theme: value })}>
                {THEMES.map((each) => (
                  <Choice key={each} value={each} text={texts.themes[each]} />
                ))}
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator className={classes['separator']} />
            <Menu.Group>
              <Menu.GroupLabel className={classes['label']}>{texts.language}</Menu.GroupLabel>
              <Menu.RadioGroup
                value={locale ?? ''}
                onValueChange={(value: Locale | '') => choose({ locale: value === '' ? undefined : value })}
              >
                <Choice value="" text={texts.bySystem} />
                {Object.entries(LANGUAGES).map(([value, text]) => (
                  <Choice key={value} value={value} text={text} lang={value} />
                ))}
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator className={classes['separator']} />
            <Menu.CheckboxItem
              className={classes['item']}
              checked={notify}
              onCheckedChange={async (wanted) => {
                if (!(await allowNotifications(wanted))) {
                  showToast(texts.notAllowed, texts.notAllowedHint, 'error');
                }
              }}
            >
              <Menu.CheckboxItemIndicator className={classes['check']} keepMounted>
                <Icon name="check" />
              </Menu.CheckboxItemIndicator>
              {texts.notify}
            </Menu.CheckboxItem>
            <Menu.Item className={classes['item']} render={<a href="/graphql">{texts.api}</a>} />
            <ViewerMenu />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Choice({ value, text, lang }: { value: string; text: string; lang?: string }) {
  return (
    <Menu.RadioItem className={classes['item']} value={value} lang={lang}>
      <Menu.RadioItemIndicator className={classes['check']} keepMounted>
        <Icon name="check" />
      </Menu.RadioItemIndicator>
      {text}
    </Menu.RadioItem>
  );
}
