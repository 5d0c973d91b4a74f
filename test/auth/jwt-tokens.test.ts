import { createHmac } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AuthenticationUnavailable, Unauthenticated } from '../../src/auth/errors.ts';
import { type JwtTiming, openJwtTokens } from '../../src/auth/jwt-tokens.ts';
import { watchLog } from '../helpers/log.ts';
import { type Claims, claimsWith, type Issuer, type IssuerKey, makeKey, startIssuer } from './issuer.ts';

const NEVER_MS = 1_000_000;
const REFUSED = 'The token is not valid, or no longer';

let key: IssuerKey;
let issuer: Issuer;

beforeEach(async () => {
  key = await makeKey('one');
  issuer = await startIssuer(key);
});

afterEach(async () => {
  vi.useRealTimers();
  await issuer[Symbol.asyncDispose]();
});

/** Keys are fetched at the start, and then only when they are needed, unless told otherwise. */
async function open(timing: JwtTiming = { pollMs: NEVER_MS, maxAgeMs: NEVER_MS }) {
  const watched = watchLog('debug');
  const tokens = await openJwtTokens({ ...issuer.options, ...timing }, watched.log);
  return Object.assign(tokens, { watched });
}

async function expectRefused(verifying: Promise<unknown>, message = REFUSED): Promise<void> {
  const error = await verifying.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Unauthenticated);
  expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message });
}

test('a token says who calls, with which role, until when', async () => {
  await using tokens = await open();
  const exp = Math.floor(Date.now() / 1000) + 60;
  const token = await key.sign({ exp });
  const principal = await tokens.verify(token);
  expect(principal).toEqual({
    id: expect.stringMatching(/^jwt-[0-9a-f]{16}-[0-9a-f]{16}$/),
    subject: 'alice',
    role: 'operator',
    expiresAtMs: (exp + 5) * 1000,
  });
  expect((await tokens.verify(token)).id).toBe(principal.id);
  expect((await tokens.verify(await key.sign({ exp, jti: '2' }))).id).not.toBe(principal.id);
  expect(tokens.isCurrent(principal.id)).toBe(true);
});

test.each(['RS256', 'PS384', 'ES512', 'EdDSA'])('tokens may be signed with %s', async (alg) => {
  const other = await makeKey('other', alg);
  issuer.publish(key, other);
  await using tokens = await open();
  const { id, subject } = await tokens.verify(await other.sign());
  expect(subject).toBe('alice');
  expect(tokens.isCurrent(id)).toBe(true);
});

test('keys are fetched once for many tokens', async () => {
  await using tokens = await open();
  await Promise.all(Array.from({ length: 20 }, async (_, index) => tokens.verify(await key.sign({ jti: `${index}` }))));
  expect(issuer.requests).toBe(1);
});

const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

test.each<[string, () => Claims]>([
  ['has expired', () => ({ exp: ago(6) })],
  ['never expires', () => ({ exp: undefined })],
  ['is not valid yet', () => ({ nbf: ago(-60) })],
  ['is for another service', () => ({ aud: 'another' })],
  ['is for no service', () => ({ aud: undefined })],
  ['is from another issuer', () => ({ iss: 'https://login.example.com' })],
  ['is from nobody', () => ({ iss: undefined })],
])('a token that %s is refused, and only the log says why', async (_, claims) => {
  await using tokens = await open();
  await expectRefused(tokens.verify(await key.sign(claims())));
  expect(await tokens.watched.logged(({ msg }) => msg === 'a JSON Web Token was refused')).toMatchObject({
    reason: expect.stringMatching(/"(exp|nbf|aud|iss)" claim/),
  });
});

test('the clock of the issuer may be a few seconds off', async () => {
  await using tokens = await open();
  expect(await tokens.verify(await key.sign({ exp: ago(2), nbf: ago(-3) }))).toMatchObject({ subject: 'alice' });
});

test('a token may be for several services', async () => {
  await using tokens = await open();
  expect(await tokens.verify(await key.sign({ aud: ['another', 'showrunner'] }))).toMatchObject({ subject: 'alice' });
});

test.each<[string, unknown, string]>([
  ['a role', 'viewer', 'viewer'],
  ['the highest of several', ['viewer', 'admin', 'operator'], 'admin'],
  ['those that are known here', ['editor', 'viewer', 7, null], 'viewer'],
])('the claim role gives %s', async (_, role, expected) => {
  await using tokens = await open();
  expect((await tokens.verify(await key.sign({ role }))).role).toBe(expected);
});

test.each([undefined, null, '', 'Admin', 'viewer operator', [], ['editor'], [['admin']], { admin: true }, 7])(
  'without a role that is known (%j) the error names the claim',
  async (role) => {
    await using tokens = await open();
    const message = "The claim 'role' of the token is missing or wrong: expected viewer, operator, admin";
    await expectRefused(tokens.verify(await key.sign({ role })), message);
  },
);

test.each(['system:serviceaccount:videos', 'repo:org/name:ref:refs/heads/main', 'spiffe://example.com/a,b', '#7'])(
  'batches can belong to %s, though no entry of AUTH_TOKENS can name it',
  async (sub) => {
    await using tokens = await open();
    expect(await tokens.verify(await key.sign({ sub }))).toMatchObject({ subject: sub });
  },
);

test.each([undefined, '', 'a b', 'a\u0000b', '\ud800', 'x'.repeat(201), 7, ['alice']])(
  'without a subject that batches can belong to (%j) the error names the claim',
  async (sub) => {
    await using tokens = await open();
    const error = await tokens.verify(await key.sign({ sub })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Unauthenticated);
    expect(error).toMatchObject({
      message: expect.stringContaining("The claim 'sub' of the token is missing or wrong"),
    });
  },
);

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a token without a signature is refused', async () => {
  await using tokens = await open();
  await expectRefused(tokens.verify(new UnsecuredJWT(claimsWith()).encode()));
  await expectRefused(tokens.verify(`${base64url({ alg: 'none', kid: 'one' })}.${base64url(claimsWith())}.`));
  const [header, payload] = (await key.sign()).split('.');
  await expectRefused(tokens.verify(`${header}.${payload}.`));
});

test('a token that is signed with the public key as if it were a password is refused', async () => {
  const rsa = await makeKey('rsa', 'RS256');
  issuer.publish(rsa);
  await using tokens = await open();
  const signed = `${base64url({ alg: 'HS256', kid: 'rsa' })}.${base64url(claimsWith())}`;
  for (const password of [JSON.stringify(rsa.jwk), String(rsa.jwk.n)]) {
    const mac = createHmac('sha256', password).update(signed).digest('base64url');
    await expectRefused(tokens.verify(`${signed}.${mac}`));
  }
});

test('a password in the key set is no key', async () => {
  const k = Buffer.from('password').toString('base64url');
  issuer.publish(key, { kty: 'oct', k, kid: 'shared', alg: 'HS256' });
  await using tokens = await open();
  const signed = `${base64url({ alg: 'HS256', kid: 'shared' })}.${base64url(claimsWith())}`;
  await expectRefused(
    tokens.verify(`${signed}.${createHmac('sha256', 'password').update(signed).digest('base64url')}`),
  );
});

test('a key that the token itself brings along is not believed', async () => {
  await using tokens = await open();
  const mine = await makeKey('one');
  await expectRefused(tokens.verify(await mine.sign({}, { jwk: mine.jwk })));
});

test('a token that was changed is refused', async () => {
  await using tokens = await open();
  const [header, , signature] = (await key.sign()).split('.');
  await expectRefused(tokens.verify(`${header}.${base64url(claimsWith({ role: 'admin' }))}.${signature}`));
});

test.each([
  '',
  '..',
  'a.b.c',
  'x',
  `${base64url({})}.${base64url({})}.`,
  `${base64url([])}.e30.e30`,
  '\ud800.\ud800.\ud800',
])('%j is no token, for which no key is fetched', async (token) => {
  await using tokens = await open();
  await expectRefused(tokens.verify(token));
  expect(issuer.requests).toBe(1);
});

test('keys that have no name are all tried', async () => {
  const [one, two, three] = [await makeKey(undefined), await makeKey(undefined), await makeKey(undefined)];
  issuer.publish(one, two);
  await using tokens = await open();
  expect(await tokens.verify(await one.sign())).toMatchObject({ subject: 'alice' });
  const principal = await tokens.verify(await two.sign());
  expect(principal).toMatchObject({ subject: 'alice' });
  expect(tokens.isCurrent(principal.id)).toBe(true);
  await expectRefused(tokens.verify(await three.sign()));
  await expectRefused(tokens.verify(await two.sign({ aud: 'another' })));
  await tokens.watched.logged(({ reason }) => reason === 'unexpected "aud" claim value');
});

test('a new key counts as soon as a token comes with it, some seconds after the last fetch', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  await using tokens = await open();
  const two = await makeKey('two');
  issuer.publish(key, two);
  await expectRefused(tokens.verify(await two.sign()));
  expect(issuer.requests).toBe(1);
  vi.advanceTimersByTime(5_001);
  const principal = await tokens.verify(await two.sign());
  expect(principal).toMatchObject({ subject: 'alice' });
  expect(tokens.isCurrent(principal.id)).toBe(true);
});

test('a key that was taken out ends its tokens with the next fetch, and what they have opened', async () => {
  const two = await makeKey('two');
  issuer.publish(key, two);
  await using tokens = await open({ pollMs: 5, maxAgeMs: NEVER_MS });
  const [token, kept] = [await key.sign(), await two.sign()];
  const [{ id }, { id: keptId }] = [await tokens.verify(token), await tokens.verify(kept)];
  issuer.publish(two);
  await expect.poll(() => tokens.isCurrent(id)).toBe(false);
  await expectRefused(tokens.verify(token));
  expect(tokens.isCurrent(keptId)).toBe(true);
  expect(await tokens.verify(kept)).toMatchObject({ subject: 'alice' });
});

test('another key of the same name is another key', async () => {
  await using tokens = await open({ pollMs: 5, maxAgeMs: NEVER_MS });
  const { id } = await tokens.verify(await key.sign());
  issuer.publish(await makeKey('one'));
  await expect.poll(() => tokens.isCurrent(id)).toBe(false);
});

test('every process knows whether an id is current, whichever has given it', async () => {
  await using one = await open();
  const { id } = await one.verify(await key.sign());
  await using another = await open();
  expect(another.isCurrent(id)).toBe(true);
  expect(another.isCurrent(id.replace(/^jwt-..../, 'jwt-zzzz'))).toBe(false);
  expect(another.isCurrent('jwt-0123456789abcdef-0123456789abcdef')).toBe(false);
  expect(another.isCurrent('anonymous')).toBe(false);
});

test('keys that can not be fetched any more count for a minute', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  await using tokens = await open({ pollMs: NEVER_MS });
  const { id } = await tokens.verify(await key.sign());
  issuer.answer = (request) => request.socket.destroy();
  vi.advanceTimersByTime(59_000);
  expect(await tokens.verify(await key.sign())).toMatchObject({ subject: 'alice' });
  vi.advanceTimersByTime(1_001);
  await expect(tokens.verify(await key.sign())).rejects.toThrow(AuthenticationUnavailable);
  // Nothing says that it was taken back.
  expect(tokens.isCurrent(id)).toBe(true);
  issuer.publish(key);
  vi.advanceTimersByTime(1_000);
  expect(await tokens.verify(await key.sign())).toMatchObject({ subject: 'alice' });
});

test.each<[string, Issuer['answer']]>([
  ['does not answer', (request) => request.socket.destroy()],
  ['answers with an error', (_, response) => response.writeHead(500).end('{"keys":[]}')],
  ['leads elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['answers with something else', (_, response) => response.end('<html>')],
  ['answers with no keys', (_, response) => response.end('{"keys":{}}')],
  ['answers with half of it', (_, response) => response.write('{"keys":[', () => response.destroy())],
])('while the key set %s, nobody can tell who calls, and the log says why', async (_, answer) => {
  vi.useFakeTimers({ toFake: ['performance'] });
  issuer.answer = answer;
  await using tokens = await open();
  const error = await tokens.verify(await key.sign()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AuthenticationUnavailable);
  expect(error).toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    message: 'Tokens can not be checked for the moment. Try again.',
    cause: expect.any(Error),
  });
  await tokens.watched.logged(({ msg }) => msg === 'the keys of AUTH_JWKS_URL can not be fetched; trying again');
  issuer.publish(key);
  vi.advanceTimersByTime(1_000);
  expect(await tokens.verify(await key.sign())).toMatchObject({ subject: 'alice' });
});

test('an issuer in trouble is asked once a second, however many tokens come', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  issuer.answer = (_, response) => response.writeHead(500).end();
  await using tokens = await open();
  const verifyMany = async () => {
    for (let count = 0; count < 10; count += 1) {
      await expect(tokens.verify(await key.sign())).rejects.toThrow(AuthenticationUnavailable);
    }
  };
  await verifyMany();
  expect(issuer.requests).toBe(1);
  vi.advanceTimersByTime(1_000);
  await verifyMany();
  expect(issuer.requests).toBe(2);
});

test('a fetch that is left out, as there was one a moment ago, is no trouble', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  await using tokens = await open({ pollMs: 1 });
  for (const count of [2, 3, 4]) {
    // Time stands still, so that all fetches but the first are left out, until it is moved.
    vi.advanceTimersByTime(1_000);
    await expect.poll(() => issuer.requests).toBe(count);
  }
  expect(tokens.watched.lines).toEqual([]);
});

test('where nothing listens, the service starts all the same and finds the keys later', async () => {
  const { options } = issuer;
  await issuer[Symbol.asyncDispose]();
  await using tokens = await openJwtTokens({ ...options, pollMs: NEVER_MS }, watchLog('silent').log);
  await expect(tokens.verify(await key.sign())).rejects.toThrow(AuthenticationUnavailable);
});

test('a key of the set that can not be used is the fault of the set, and the log says so', async () => {
  const { jwk } = await makeKey('short', 'RS256');
  // A modulus of 1,024 bits.
  issuer.publish(key, { ...jwk, n: Buffer.alloc(128, 0xff).toString('base64url') });
  await using tokens = await open();
  const token = `${base64url({ alg: 'RS256', kid: 'short' })}.${base64url(claimsWith())}.AAAA`;
  await expect(tokens.verify(token)).rejects.toThrow(AuthenticationUnavailable);
  await tokens.watched.logged(({ msg }) => msg === 'a key of AUTH_JWKS_URL can not be used');
  expect(await tokens.verify(await key.sign())).toMatchObject({ subject: 'alice' });
});

test('a set with keys of other kinds gives those that can be used', async () => {
  issuer.publish({ kty: 'XYZ', kid: 'odd' }, { kty: 'RSA', kid: 'half' }, key);
  await using tokens = await open();
  const { id } = await tokens.verify(await key.sign());
  expect(tokens.isCurrent(id)).toBe(true);
});

test('stopping does not wait for an issuer that hangs', async () => {
  const tokens = await open({ pollMs: 1 });
  const hanging = Promise.withResolvers<void>();
  issuer.answer = () => hanging.resolve();
  await hanging.promise;
  const startedAt = performance.now();
  await tokens[Symbol.asyncDispose]();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  expect(tokens.watched.lines).toEqual([]);
});
