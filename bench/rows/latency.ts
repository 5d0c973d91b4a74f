import { insertBatch, type PlainBatch, SET_STATUS, statusAt } from '../harness/batches.ts';
import { dashboardDocument } from '../harness/documents.ts';
import type { Driver } from '../harness/driver.ts';
import { atMost, atMostTimes, type Goal } from '../harness/goal.ts';
import { Host } from '../harness/host.ts';
import { makePlace } from '../harness/place.ts';
import { BOTH, type Figure, type Row, type Run } from '../harness/row.ts';
import { type BenchService, driverOf, startBenchService } from '../harness/service.ts';
import { Sockets } from '../harness/sockets.ts';
import { quantile } from '../harness/statistics.ts';
import type { BareCalls } from '../hosts/bare-ws.ts';

/** One side of the comparison: who is told, and where the change is made. */
interface Side {
  sockets: Sockets;
  driver: Driver;
  batch: PlainBatch;
}

const WARM_UP = 10;

/** From COMMIT being sent to the event at each client, beside LISTEN and ws.send of the same bytes. */
export const latency: Row = {
  name: 'latency',
  about: 'from the commit of a status change to its event at each subscriber, beside bare LISTEN and ws.send',
  backends: BOTH,
  async run(run) {
    const figures: Omit<Figure, 'row' | 'backend'>[] = [];
    for (const subscribers of run.quick ? [1, 100] : [1, 100, 1_000]) {
      figures.push(...(await measure(run, subscribers)));
    }
    return figures;
  },
};

async function measure(run: Run, subscribers: number): Promise<Omit<Figure, 'row' | 'backend'>[]> {
  await using service = await startBenchService(run);
  await using bareHost = new Host<BareCalls>('bare-ws.ts', run);
  const batch = await insertBatch(service.driver, 1);
  using ours = await Sockets.connect(`${service.url.replace('http', 'ws')}/graphql`, subscribers);
  await ours.subscribe({ query: dashboardDocument('WatchBatch'), variables: { batchId: `batch_${batch.id}` } });
  const first: Side = { sockets: ours, driver: service.driver, batch };
  const bytes = await bytesOf(first);
  await using place = run.backend === 'pglite' ? await makePlace(run) : undefined;
  const second = await bareSide(service, bareHost, place ?? service.place, bytes, subscribers);
  using _peer = second.sockets;
  const delays = { ours: [] as number[], peer: [] as number[] };
  // Each gives as many delays as there are subscribers.
  const rounds = (run.quick ? 20 : subscribers === 1 ? 300 : 50) + WARM_UP;
  for (let round = 1; round <= rounds; round++) {
    const [oursMs, peerMs] = [await delaysOf(first, round), await delaysOf(second, round)];
    if (round > WARM_UP) {
      delays.ours.push(...oursMs);
      delays.peer.push(...peerMs);
    }
  }
  const figure = (share: number, name: string, goal?: Goal) => ({
    what: `${name}, ${subscribers.toLocaleString('en')} subscriber${subscribers === 1 ? '' : 's'}`,
    ours: { value: quantile(delays.ours, share), unit: 'ms' },
    peer: { name: 'LISTEN, ws.send', value: quantile(delays.peer, share), unit: 'ms' },
    goal,
  });
  return [
    figure(0.5, 'p50', subscribers === 1 ? atMostTimes(2) : undefined),
    figure(0.95, 'p95', subscribers === 1_000 ? atMost(100) : undefined),
    figure(0.99, 'p99'),
  ];
}

/** Changes the project, and gives for each subscriber how long its event took to come. */
async function delaysOf({ sockets, driver, batch }: Side, round: number): Promise<number[]> {
  const arrivals = sockets.next(sockets.size);
  const committedMs = await driver.commit(SET_STATUS, [batch.projectIds[0], statusAt(round)]);
  return (await arrivals).atMs.map((atMs) => atMs - committedMs);
}

/** What one event of ours is, for the peer to send the same. */
async function bytesOf({ sockets, driver, batch }: Side): Promise<string> {
  const arrivals = sockets.next(sockets.size);
  await driver.commit(SET_STATUS, [batch.projectIds[0], statusAt(0)]);
  return (await arrivals).last;
}

async function bareSide(
  service: BenchService,
  host: Host<BareCalls>,
  place: { dataDir: string; databaseUrl: string | undefined },
  bytes: string,
  subscribers: number,
): Promise<Side> {
  await host.call('relay', { dataDir: place.dataDir, databaseUrl: place.databaseUrl }, bytes);
  const driver = place.databaseUrl === undefined ? driverOf(place, host) : service.driver;
  const batch = await insertBatch(driver, 1);
  await host.call('watch', batch.id);
  return { sockets: await Sockets.open(await host.call('open'), subscribers), driver, batch };
}
