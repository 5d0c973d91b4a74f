import type { ServerResponse } from 'node:http';

type Directives = Readonly<Record<string, string>>;

function policyOf(directives: Directives): string {
  return Object.entries({ 'default-src': `'none'`, ...directives, 'frame-ancestors': `'none'` })
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ');
}

/** What a page may do that loads everything from this service. */
const PAGE: Directives = {
  'script-src': `'self'`,
  'style-src': `'self'`,
  'img-src': `'self' data:`,
  'media-src': `'self'`,
  'font-src': `'self'`,
  'connect-src': `'self'`,
  'manifest-src': `'self'`,
  'base-uri': `'none'`,
  'form-action': `'none'`,
};

/** For the dashboard, which never makes markup or scripts of text. */
export const DASHBOARD_POLICY = policyOf({ ...PAGE, 'require-trusted-types-for': `'script'` });

/** For GraphiQL, whose editor makes style elements and has its icons in its style sheet. */
export const GRAPHIQL_POLICY = policyOf({
  ...PAGE,
  'style-src': `'self' 'unsafe-inline'`,
  'font-src': `'self' data:`,
  'worker-src': `'self'`,
});

/** For what GraphiQL loads: its workers go by their own policy. */
export const GRAPHIQL_FILES_POLICY = policyOf({});

/**
 * For what is finished: opened by itself it plays, in a page that the browser makes and styles. With
 * an origin of nobody's the browser would not let that page load the very video that it is for.
 */
export const LIBRARY_POLICY = policyOf({
  'img-src': `'self'`,
  'media-src': `'self'`,
  'style-src': `'unsafe-inline'`,
  sandbox: 'allow-same-origin',
});

/** For all that is no page: it can do nothing. */
const POLICY = policyOf({ sandbox: '' });

const HEADERS = new Map([
  ['content-security-policy', POLICY],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
]);

/** For every answer: nothing is guessed to be a script, nothing is shown inside another's page. */
export function setSecurityHeaders(response: ServerResponse): void {
  response.setHeaders(HEADERS);
}
