import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Listener, type ListenerTimes } from '../../src/database/listener.ts';
import { parseServerAddress } from '../../src/database/server-address.ts';
import { FakePostgres } from './fake-postgres.ts';

const TIMES: ListenerTimes = { heartbeatMs: 50, answerMs: 100, minBackoffMs: 5, maxBackoffMs: 40 };

let server: FakePostgres;
let listener: Listener;
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  vi.clearAllMocks();
  server = await FakePostgres.start();
  listener = new Listener(parseServerAddress(server.url).config, log, TIMES);
});

afterEach(async () => {
  await listener[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** What one channel has heard. */
interface Heard {
  payloads: string[];
  onNotification: (payload: string) => void;
  onGap: ReturnType<typeof vi.fn<() => void>>;
}

function hear(): Heard {
  const payloads: string[] = [];
  return { payloads, onNotification: (payload) => void payloads.push(payload), onGap: vi.fn() };
}

async function listenTo(channel: string) {
  const heard = hear();
  const stop = await listener.listen(channel, heard.onNotification, heard.onGap);
  return { ...heard, stop };
}

test('several channels share one connection, and each hears its own', async () => {
  const [a, b, alsoB] = await Promise.all([listenTo('a'), listenTo('b'), listenTo('b')]);
  expect(server.connections).toBe(1);
  server.notify('a', '1');
  server.notify('b', '2');
  server.notify('c', '3');
  await vi.waitFor(() => expect(alsoB.payloads).toEqual(['2']));
  expect([a.payloads, b.payloads]).toEqual([['1'], ['2']]);
  expect(a.onGap).not.toHaveBeenCalled();
});

test('a channel is given up with the last who hears it', async () => {
  const [first, second] = [await listenTo('a'), await listenTo('a')];
  await first.stop[Symbol.asyncDispose]();
  expect(server.statements).not.toContain('UNLISTEN "a"');
  await second.stop[Symbol.asyncDispose]();
  await second.stop[Symbol.asyncDispose]();
  expect(server.statements.filter((statement) => statement === 'UNLISTEN "a"')).toHaveLength(1);
});

test('a lost connection is made again, and everyone is told of the gap once all channels are heard', async () => {
  const [a, b] = [await listenTo('a'), await listenTo('b')];
  server.statements.length = 0;
  a.onGap.mockImplementation(() => {
    expect(server.statements).toEqual(['LISTEN "a";LISTEN "b"']);
  });
  server.cut();
  await vi.waitFor(() => expect(b.onGap).toHaveBeenCalledOnce());
  expect(a.onGap).toHaveBeenCalledOnce();
  expect(a.onGap).toHaveReturned();
  server.notify('b', 'again');
  await vi.waitFor(() => expect(b.payloads).toEqual(['again']));
});

test('a connection whose other end is silent is noticed by its heartbeat', async () => {
  const a = await listenTo('a');
  server.freeze();
  await vi.waitFor(() =>
    expect(log.warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('did not answer for 100 ms')),
  );
  server.thaw();
  await vi.waitFor(() => expect(a.onGap).toHaveBeenCalledOnce());
});

test('while the server is away, it goes on trying, less and less often', async () => {
  const a = await listenTo('a');
  server.freeze();
  server.cut();
  await vi.waitFor(() => expect(log.warn.mock.calls.length).toBeGreaterThan(3));
  server.thaw();
  await vi.waitFor(() => expect(a.onGap).toHaveBeenCalledOnce());
});

test('where the server is away from the start, listening begins when it comes, with a gap', async () => {
  server.freeze();
  const a = await listenTo('a');
  const b = await listenTo('b');
  server.thaw();
  await vi.waitFor(() => expect(b.onGap).toHaveBeenCalledOnce());
  expect(a.onGap).toHaveBeenCalledOnce();
});

test('a listener that throws harms nobody else', async () => {
  await listener.listen(
    'a',
    () => {
      throw new Error('oops');
    },
    () => {
      throw new Error('oops');
    },
  );
  const a = await listenTo('a');
  server.notify('a', '1');
  await vi.waitFor(() => expect(a.payloads).toEqual(['1']));
  server.cut();
  await vi.waitFor(() => expect(a.onGap).toHaveBeenCalledOnce());
  expect(log.error).toHaveBeenCalledTimes(2);
});

test('closing ends the connection, and a second time does nothing', async () => {
  await listenTo('a');
  await listener[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(server.connections).toBe(0));
  await listener[Symbol.asyncDispose]();
  expect(log.warn).not.toHaveBeenCalled();
});

test('closing does not wait for a server that is silent', async () => {
  await listenTo('a');
  server.freeze();
  await listener[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(server.connections).toBe(0));
});

test('closing while the connection is being made ends that, too', async () => {
  server.freeze();
  const listening = listenTo('a');
  await listener[Symbol.asyncDispose]();
  await listening;
  await vi.waitFor(() => expect(server.connections).toBe(0));
});
