import { insertBatch } from '../harness/batches.ts';
import { dashboardDocument } from '../harness/documents.ts';
import { growthOf } from '../harness/heap-types.ts';
import { Host } from '../harness/host.ts';
import { environmentOf, makePlace } from '../harness/place.ts';
import { BOTH, type Figure, type Row, type Run } from '../harness/row.ts';
import type { ProcessCalls } from '../harness/serve-calls.ts';
import { startBenchService } from '../harness/service.ts';
import { Sockets } from '../harness/sockets.ts';
import type { BareCalls } from '../hosts/bare-ws.ts';
import type { WholeCalls } from '../hosts/whole.ts';

type Measured = Omit<Figure, 'row' | 'backend'>;
type Process = Pick<Host<ProcessCalls>, 'call'>;

const MB = 1024 ** 2;
const KB = 1024;
const KINDS = 12;
const WATCH = dashboardDocument('WatchBatch');

/** What is held for whom, after the rubbish has been taken away. */
export const memory: Row = {
  name: 'memory',
  about: 'per idle connection, per idle subscriber, and of the whole service at rest, beside a bare ws server',
  backends: BOTH,
  async run(run) {
    await using bare = new Host<BareCalls>('bare-ws.ts', run);
    const url = await bare.call('open');
    const rest = await ofWhole(run, bare);
    const count = run.quick ? 100 : 1_000;
    const [bareEach, _bareSockets] = await eachOf(bare, count, () => Sockets.open(url, count));
    using _peer = _bareSockets;
    return [...rest, ...(await ofClients(run, count, bareEach))];
  },
};

async function ofWhole(run: Run, bare: Host<BareCalls>): Promise<Measured[]> {
  await using place = await makePlace(run);
  await using whole = new Host<WholeCalls>('whole.ts', run);
  await whole.call('open', { ...environmentOf(place), ROLE: 'all' });
  const [ours, peer] = [await whole.call('memory'), await bare.call('memory')];
  const figure = (what: string, of: (held: { rss: number; heap: number; external: number }) => number): Measured => ({
    what: `service at rest, ${what}`,
    ours: { value: of(ours) / MB, unit: 'MB' },
    peer: { name: 'ws server', value: of(peer) / MB, unit: 'MB' },
    goal: undefined,
  });
  return [
    figure('resident', ({ rss }) => rss),
    figure('objects of JavaScript', ({ heap }) => heap),
    figure('buffers, WebAssembly', ({ external }) => external),
    figure('code and all else', ({ rss, heap, external }) => rss - heap - external),
  ];
}

async function ofClients(run: Run, count: number, bareEach: number): Promise<Measured[]> {
  await using service = await startBenchService(run);
  const { host, driver } = service;
  const url = `${service.url.replace('http', 'ws')}/graphql`;
  const figure = (what: string, bytes: number): Measured => ({
    what,
    ours: { value: bytes / KB, unit: 'kB' },
    peer: { name: 'ws connection', value: bareEach / KB, unit: 'kB' },
    goal: undefined,
  });
  {
    // Whatever comes with the first of each.
    using warmUp = await Sockets.connect(url, 10);
    const { id } = await insertBatch(driver, 1);
    await warmUp.subscribe({ query: WATCH, variables: { batchId: `batch_${id}` } });
  }
  const [connection, sockets] = await eachOf(host, count, () => Sockets.connect(url, count));
  using _sockets = sockets;
  const { id } = await insertBatch(driver, 100);
  const before = await host.call('heapTypes');
  const [subscriber] = await eachOf(host, count, () =>
    sockets.subscribe({ query: WATCH, variables: { batchId: `batch_${id}` } }),
  );
  const after = await host.call('heapTypes');
  run.say(`each subscriber holds ${growthOf(before, after, count, KINDS)}`);
  return [figure('idle connection', connection), figure('idle subscriber, besides its connection', subscriber)];
}

/** By how many bytes a process has grown for each of so many things, and what made them. */
async function eachOf<T>(host: Process, count: number, make: () => Promise<T>): Promise<[number, T]> {
  const before = await host.call('memory');
  const made = await make();
  const after = await host.call('memory');
  return [(after.heap + after.external - before.heap - before.external) / count, made];
}
