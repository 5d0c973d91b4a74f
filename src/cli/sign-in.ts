import { SignInError } from './failures.ts';
import type { Token } from './token.ts';

/** extensions.code of the server for a client without a token, or with one that it does not take. */
export const UNAUTHENTICATED = 'UNAUTHENTICATED';
/** HTTP status for whoever is not let in. */
export const UNAUTHORIZED = 401;
/** What a server closes a WebSocket with for want of a valid token, at its beginning or later. */
export const FORBIDDEN_CLOSE = 4403;

/** What tells a service who asks: a header of HTTP, and the parameters of a connection by WebSocket. */
export function authorizationOf(token: Token | undefined): { authorization: string } | undefined {
  return token && { authorization: `Bearer ${token.text}` };
}

/** Whether an answer with UNAUTHORIZED is for want of a token, and not of a password for a proxy. */
export function asksForToken({ headers }: Response): boolean {
  return /(^|,)\s*bearer\b/i.test(headers.get('www-authenticate') ?? '');
}

/** What to tell whoever was not let in at an address. `answeredBy`: where a redirect led the request to. */
export function signInError(url: string, token: Token | undefined, answeredBy = url): SignInError {
  if (token === undefined) {
    return new SignInError(`The service at ${url} wants a token: set SHOWRUNNER_TOKEN, or give --token-file`);
  }
  const { origin } = new URL(answeredBy);
  if (origin !== new URL(url).origin) {
    return new SignInError(`${url} leads to ${origin}, which gets no token: name the right address with --url`);
  }
  return new SignInError(
    `The service at ${url} does not take the token of ${token.source}: it is wrong, has expired or was revoked`,
  );
}

/** What to say before a token goes over a network as it is; undefined where it does not. */
export function plainTextWarning(url: string): string | undefined {
  const { protocol, hostname, origin } = new URL(url);
  const isSafe = protocol === 'https:' || /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  return isSafe ? undefined : `The token goes to ${origin} unencrypted, for all on the way to read: use https`;
}
