import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import proxyaddr from 'proxy-addr';
import { StartError } from '../errors.ts';

/** Whether the X-Forwarded-For of a peer with this address is believed. */
export type TrustedProxies = (address: string, hop: number) => boolean;

/** TRUSTED_PROXIES names something that is no address. */
export class TrustedProxiesError extends StartError {
  override readonly name = 'TrustedProxiesError';
}

/**
 * Reads TRUSTED_PROXIES: addresses, subnets (10.0.0.0/8), or the names loopback, linklocal and
 * uniquelocal. Throws TrustedProxiesError with one line per entry that is none of these.
 */
export function parseTrustedProxies(entries: readonly string[]): TrustedProxies {
  const wrong = entries.filter((entry) => !isReadable(entry));
  if (wrong.length > 0) {
    throw new TrustedProxiesError(
      wrong
        .map(
          (entry) =>
            `TRUSTED_PROXIES: expected addresses, subnets like 10.0.0.0/8, or loopback, linklocal, uniquelocal, got '${entry}'`,
        )
        .join('\n'),
    );
  }
  return proxyaddr.compile([...entries]);
}

/**
 * The address that a client is counted by: of its connection or, where proxies of ours are in
 * between, as they tell it. Of IPv6 it is the subnet of 64 bits, which one client has all of.
 */
export function clientAddressOf(request: IncomingMessage, isTrusted: TrustedProxies): string {
  const told = proxyaddr(request, isTrusted);
  // A proxy may write other things there, such as "unknown".
  return networkOf(isIP(told) === 0 ? (request.socket.remoteAddress ?? '') : told);
}

function isReadable(entry: string): boolean {
  try {
    proxyaddr.compile([entry]);
    return true;
  } catch {
    return false;
  }
}

function networkOf(address: string): string {
  // IPv4 on a socket that takes both.
  const plain = address.replace(/^::ffff:/i, '');
  if (isIPv4(plain)) {
    return plain;
  }
  const canonical = URL.parse(`http://[${address.replace(/%.*$/, '')}]`)?.hostname.slice(1, -1);
  if (canonical === undefined) {
    return address;
  }
  const [start = [], end = []] = canonical.split('::').map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => '0');
  return `${[...start, ...zeros, ...end].slice(0, 4).join(':')}::/64`;
}
