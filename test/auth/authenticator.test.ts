import { expect, test } from 'vitest';
import { type AuthenticatorOptions, openAuthenticator } from '../../src/auth/authenticator.ts';
import { AuthTokensError, Unauthenticated } from '../../src/auth/errors.ts';
import { ANONYMOUS } from '../../src/auth/principal.ts';
import { formatEntry } from '../../src/auth/token-entries.ts';
import { say } from '../../src/messages.ts';
import { watchLog } from '../helpers/log.ts';
import { makeKey, startIssuer } from './issuer.ts';

const TOKEN = 'srt_~+/-._9=';
const TOKENS = formatEntry('bob', 'viewer', TOKEN);

function open(options: Partial<AuthenticatorOptions>) {
  return openAuthenticator({ tokens: undefined, jwt: undefined, ...options }, watchLog().log);
}

async function refusalOf(authenticating: Promise<unknown>): Promise<string> {
  const error = await authenticating.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Unauthenticated);
  return String(error instanceof Unauthenticated && error.message);
}

test('without tokens and an issuer nobody is asked who they are', async () => {
  await using authenticator = await open({});
  expect(authenticator.isRequired).toBe(false);
  expect(await authenticator.authenticate(undefined)).toBe(ANONYMOUS);
  expect(await authenticator.authenticate('Bearer whatever')).toBe(ANONYMOUS);
  expect(authenticator.isCurrent(ANONYMOUS.id)).toBe(true);
});

test.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`, ` Bearer ${TOKEN} `])(
  '%j brings a token',
  async (authorization) => {
    await using authenticator = await open({ tokens: TOKENS });
    expect(authenticator.isRequired).toBe(true);
    expect(await authenticator.authenticate(authorization)).toMatchObject({ subject: 'bob', role: 'viewer' });
  },
);

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  TOKEN,
  `Basic ${TOKEN}`,
  `Bearer${TOKEN}`,
  `Bearer ${TOKEN} x`,
  'Bearer ä',
  `Bearer "${TOKEN}"`,
])('%j brings none, and the error says how to', async (authorization) => {
  await using authenticator = await open({ tokens: TOKENS });
  expect(await refusalOf(authenticator.authenticate(authorization))).toBe(
    'A token is needed: Authorization: Bearer <token>',
  );
});

test('a token that is not known is refused without a word why, in the language of the caller', async () => {
  await using authenticator = await open({ tokens: TOKENS });
  for (const token of ['x', TOKEN.slice(1), `${TOKEN}=`, TOKEN.toUpperCase(), 'a.b.c', 'x'.repeat(1_000_000)]) {
    expect(await refusalOf(authenticator.authenticate(`Bearer ${token}`))).toBe('The token is not valid, or no longer');
  }
  expect(say(new Unauthenticated({ key: 'tokenRefused' }).said, 'zh-Hant')).toBe('權杖無效或已失效');
});

test('a token that is longer than a header may be is not even looked for', async () => {
  const token = 'x'.repeat(20_000);
  await using authenticator = await open({ tokens: formatEntry('bob', 'viewer', token) });
  expect(await refusalOf(authenticator.authenticate(`Bearer ${token}`))).toBe('The token is not valid, or no longer');
});

test('a principal by a token is current, and everybody else is not', async () => {
  await using authenticator = await open({ tokens: TOKENS });
  const { id } = await authenticator.authenticate(`Bearer ${TOKEN}`);
  expect(authenticator.isCurrent(id)).toBe(true);
  for (const other of ['', ANONYMOUS.id, '0123456789abcdef', 'jwt-0123456789abcdef-0123456789abcdef']) {
    expect(authenticator.isCurrent(other)).toBe(false);
  }
});

test('tokens of both kinds are taken side by side', async () => {
  const key = await makeKey('one');
  await using issuer = await startIssuer(key);
  await using authenticator = await open({ tokens: TOKENS, jwt: issuer.options });
  const bob = await authenticator.authenticate(`Bearer ${TOKEN}`);
  const alice = await authenticator.authenticate(`Bearer ${await key.sign()}`);
  expect([bob.subject, alice.subject]).toEqual(['bob', 'alice']);
  expect([bob.id, alice.id].map((id) => authenticator.isCurrent(id))).toEqual([true, true]);
  expect(await refusalOf(authenticator.authenticate('Bearer srt_x'))).toBe('The token is not valid, or no longer');
});

test('while the keys are away, tokens of the list are taken, and what is no signed token is refused', async () => {
  const key = await makeKey('one');
  await using issuer = await startIssuer(key);
  issuer.answer = (request) => request.socket.destroy();
  await using authenticator = await open({ tokens: TOKENS, jwt: issuer.options });
  expect(await authenticator.authenticate(`Bearer ${TOKEN}`)).toMatchObject({ subject: 'bob' });
  await refusalOf(authenticator.authenticate('Bearer srt_x'));
  await expect(authenticator.authenticate(`Bearer ${await key.sign()}`)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
  });
});

test('an issuer alone is enough, and then the list is not missed', async () => {
  const key = await makeKey('one');
  await using issuer = await startIssuer(key);
  await using authenticator = await open({ jwt: issuer.options });
  expect(authenticator.isRequired).toBe(true);
  expect(await authenticator.authenticate(`Bearer ${await key.sign()}`)).toMatchObject({ subject: 'alice' });
  await refusalOf(authenticator.authenticate(`Bearer ${TOKEN}`));
  expect(authenticator.isCurrent('0123456789abcdef')).toBe(false);
});

test('a wrong list ends the start', async () => {
  await expect(open({ tokens: 'hunter2' })).rejects.toThrow(AuthTokensError);
});
