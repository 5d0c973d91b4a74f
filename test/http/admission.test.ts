import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { GraphQLError } from 'graphql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Admission, CLIENT_LIMITS, type ClientLimits } from '../../src/http/admission.ts';
import { clientAddressOf, parseTrustedProxies, TrustedProxiesError } from '../../src/http/client-address.ts';
import { OpenCounts } from '../../src/http/open-counts.ts';
import { RequestRate } from '../../src/http/request-rate.ts';

function admissionWith(limits: Partial<ClientLimits>): Admission {
  return new Admission({ ...CLIENT_LIMITS, ...limits });
}

/** What a refusal says besides its message. */
function extensionsOf(refused: () => unknown): unknown {
  try {
    refused();
  } catch (error) {
    return error instanceof GraphQLError ? error.extensions : error;
  }
  return 'nothing was refused';
}

describe('what is open', () => {
  test('a client may have so many connections, and one more for each that has ended', () => {
    const admission = admissionWith({ maxConnectionsPerClient: 2 });
    const first = admission.openConnection('a');
    admission.openConnection('a');
    expect(extensionsOf(() => admission.openConnection('a'))).toEqual({
      code: 'CONNECTION_LIMIT_EXCEEDED',
      http: { status: 429 },
    });
    admission.openConnection('b');
    first[Symbol.dispose]();
    admission.openConnection('a');
    expect(() => admission.openConnection('a')).toThrow('at most 2 requests and WebSockets');
  });

  test('what ends twice has ended once', () => {
    const admission = admissionWith({ maxConnectionsPerClient: 2 });
    const first = admission.openConnection('a');
    admission.openConnection('a');
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    admission.openConnection('a');
    expect(() => admission.openConnection('a')).toThrow(GraphQLError);
  });

  test('subscriptions are counted by client and for all of them', () => {
    const admission = admissionWith({ maxSubscriptionsPerClient: 2, maxSubscriptions: 3 });
    const first = admission.openSubscription('a');
    admission.openSubscription('a');
    expect(extensionsOf(() => admission.openSubscription('a'))).toEqual({
      code: 'SUBSCRIPTION_LIMIT_EXCEEDED',
      http: { status: 429 },
    });
    const other = admission.openSubscription('b');
    expect(extensionsOf(() => admission.openSubscription('b'))).toEqual({
      code: 'SUBSCRIPTION_LIMIT_EXCEEDED',
      http: { status: 503 },
    });
    first[Symbol.dispose]();
    // The one that was refused took nothing of the client's own share.
    admission.openSubscription('b');
    expect(() => admission.openSubscription('c')).toThrow('as many subscriptions as it takes');
    other[Symbol.dispose]();
    admission.openSubscription('c');
  });

  test('a client that has nothing open takes no memory', () => {
    const counts = new OpenCounts(1);
    const open = Array.from({ length: 1_000 }, (_, at) => counts.open(`client ${at}`));
    expect(counts.size).toBe(1_000);
    for (const one of open) {
      one?.[Symbol.dispose]();
    }
    expect(counts.size).toBe(0);
  });
});

describe('how often a client asks', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('so many times within a minute, and again once it is over', async () => {
    const admission = admissionWith({ requestsPerMinute: 3 });
    for (let at = 0; at < 3; at++) {
      await admission.countRequest('a');
    }
    vi.advanceTimersByTime(20_500);
    await expect(admission.countRequest('a')).rejects.toMatchObject({
      message: 'A client may ask 3 times a minute. Try again later.',
      extensions: {
        code: 'RATE_LIMITED',
        retryAfterMs: 39_500,
        http: { status: 429, headers: { 'retry-after': '40' } },
      },
    });
    await admission.countRequest('b');
    vi.advanceTimersByTime(39_500);
    await admission.countRequest('a');
  });

  test('as often as it likes where there is no limit', async () => {
    const admission = admissionWith({ requestsPerMinute: 0 });
    for (let at = 0; at < 10_000; at++) {
      await admission.countRequest('a');
    }
  });

  test('a client is forgotten after its minute, however many come', async () => {
    const rate = new RequestRate(1);
    for (let at = 0; at < 10_000; at++) {
      await rate.take(`client ${at}`);
    }
    expect(rate.size).toBe(10_000);
    vi.advanceTimersByTime(60_000);
    expect(rate.size).toBe(0);
  });
});

describe('where a client comes from', () => {
  /** What a request from a peer with this address is counted by. */
  function counted(
    remoteAddress: string,
    { forwarded, trusted = [] }: { forwarded?: string; trusted?: string[] } = {},
  ) {
    const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: remoteAddress });
    const request = new IncomingMessage(socket);
    if (forwarded !== undefined) {
      request.headers['x-forwarded-for'] = forwarded;
    }
    return clientAddressOf(request, parseTrustedProxies(trusted));
  }

  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::7', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:aaaa::', '2001:db8:1:2::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is counted as %s', (address, network) => {
    expect(counted(address)).toBe(network);
  });

  test('what a stranger says of where it comes from is not believed', () => {
    expect(counted('203.0.113.9', { forwarded: '198.51.100.1' })).toBe('203.0.113.9');
    expect(counted('203.0.113.9', { forwarded: '198.51.100.1', trusted: ['10.0.0.0/8'] })).toBe('203.0.113.9');
  });

  test('a proxy of ours is believed, up to the first address that is none of ours', () => {
    const trusted = ['10.0.0.0/8', 'loopback'];
    expect(counted('127.0.0.1', { forwarded: '198.51.100.1', trusted })).toBe('198.51.100.1');
    expect(counted('::1', { forwarded: '2001:db8::5', trusted })).toBe('2001:db8:0:0::/64');
    expect(counted('127.0.0.1', { forwarded: '192.0.2.66, 198.51.100.1, 10.1.2.3', trusted })).toBe('198.51.100.1');
    expect(counted('127.0.0.1', { trusted })).toBe('127.0.0.1');
  });

  test('a proxy that tells no address is counted itself', () => {
    expect(counted('10.0.0.1', { forwarded: 'unknown', trusted: ['10.0.0.1'] })).toBe('10.0.0.1');
  });

  test('every entry that is no address is told, one a line', () => {
    const read = () => parseTrustedProxies(['10.0.0.0/8', 'nginx', '10.0.0.0/40', '::1']);
    expect(read).toThrow(TrustedProxiesError);
    expect(read).toThrow(
      [
        "TRUSTED_PROXIES: expected addresses, subnets like 10.0.0.0/8, or loopback, linklocal, uniquelocal, got 'nginx'",
        "TRUSTED_PROXIES: expected addresses, subnets like 10.0.0.0/8, or loopback, linklocal, uniquelocal, got '10.0.0.0/40'",
      ].join('\n'),
    );
  });
});
