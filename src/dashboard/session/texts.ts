import type { Role } from '../../generated/dashboard-gql/graphql.ts';
import type { Translations } from '../text/locale.ts';

const en = {
  title: 'Sign in',
  why: {
    needed: 'This service asks who you are. Paste the access token that whoever runs it has given you.',
    expired: 'Your token is not valid any more. With another one you go on where you were.',
    signedOut: 'You have signed out.',
  },
  token: 'Access token',
  tokenHint: 'It is shown to nobody, and is never part of an address.',
  stay: 'Stay signed in on this browser',
  stayHint: 'Until you sign out. Otherwise until this tab is closed.',
  signIn: 'Sign in',
  checking: 'Signing in…',
  signedIn: (subject: string) => `Signed in as ${subject}`,
  missing: 'There is no token here yet.',
  malformed: 'This is no token: one has only letters, digits and - . _ ~ + / =',
  refused: 'The service does not take this token. Was all of it copied?',
  unreachable: 'The service was not reached. Try again.',
  you: 'Signed in as',
  roles: { VIEWER: 'May look only', OPERATOR: 'May create and control', ADMIN: 'May do everything' } satisfies Record<
    Role,
    string
  >,
  signOut: 'Sign out',
  lookOnly: 'You may only look',
  lookOnlyHint: 'Making a batch takes the token of an operator: ask whoever runs the service for one.',
};

/** What is said of signing in and out. */
export const SESSION_TEXTS: Translations<typeof en> = {
  en,
  'zh-Hant': {
    title: '登入',
    why: {
      needed: '此服務需要確認您的身分。請貼上服務管理者提供的存取權杖。',
      expired: '您的權杖已失效。換一個權杖即可從原處繼續。',
      signedOut: '您已登出。',
    },
    token: '存取權杖',
    tokenHint: '它不會顯示給任何人，也不會出現在網址中。',
    stay: '在此瀏覽器保持登入',
    stayHint: '直到您登出為止；否則只到關閉此分頁為止。',
    signIn: '登入',
    checking: '登入中…',
    signedIn: (subject) => `已登入：${subject}`,
    missing: '尚未輸入權杖。',
    malformed: '這不是權杖：權杖只含英文字母、數字與 - . _ ~ + / =',
    refused: '服務不接受此權杖。是否已完整複製？',
    unreachable: '無法連線到服務，請再試一次。',
    you: '登入身分',
    roles: { VIEWER: '僅能檢視', OPERATOR: '可建立與控制', ADMIN: '可執行所有操作' },
    signOut: '登出',
    lookOnly: '您僅能檢視',
    lookOnlyHint: '建立批次需要操作員的權杖，請向服務管理者取得。',
  },
};
