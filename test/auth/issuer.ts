import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** What a token says. */
export type Claims = Record<string, unknown>;

/** A key of an issuer's, with its public part as the key set has it. */
export interface IssuerKey {
  readonly jwk: JWK;
  /** Makes a token: alice's, an operator, for an hour, but for what is given; undefined leaves a claim out. */
  sign(claims?: Claims, header?: { jwk: JWK }): Promise<string>;
}

/** Somebody who gives out tokens, with a real server for the public keys. Disposing of it stops that. */
export interface Issuer extends AsyncDisposable {
  /** For openJwtTokens. */
  readonly options: { jwksUrl: string; issuer: string; audience: string };
  /** What the server answers; may be changed at any time. */
  answer: RequestListener;
  /** How often the keys were asked for. */
  readonly requests: number;
  /** Has the server give these keys. */
  publish(...keys: readonly (IssuerKey | JWK)[]): void;
}

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'showrunner';

/** Makes a key pair; its kid is the name, unless there is none. */
export async function makeKey(kid: string | undefined, alg = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const name = kid === undefined ? {} : { kid };
  return {
    jwk: { ...(await exportJWK(publicKey)), ...name, alg, use: 'sig' },
    sign: (claims, header) =>
      new SignJWT(claimsWith(claims)).setProtectedHeader({ alg, ...name, ...header }).sign(privateKey),
  };
}

/** The claims of a usual token, but for those given; undefined leaves one out. */
export function claimsWith(claims: Claims = {}): Claims {
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  return { iss: ISSUER, aud: AUDIENCE, sub: 'alice', role: 'operator', exp, ...claims };
}

/** Starts an issuer with these keys. */
export async function startIssuer(...keys: readonly IssuerKey[]): Promise<Issuer> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    issuer.answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const issuer: Issuer = {
    options: { jwksUrl: `http://127.0.0.1:${port}/jwks.json`, issuer: ISSUER, audience: AUDIENCE },
    answer: () => {},
    get requests() {
      return requests;
    },
    publish(...published) {
      const jwks = { keys: published.map((each) => ('sign' in each ? each.jwk : each)) };
      issuer.answer = (_, response) => response.end(JSON.stringify(jwks));
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  issuer.publish(...keys);
  return issuer;
}
