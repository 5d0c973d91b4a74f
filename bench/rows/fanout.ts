import { insertBatch, SET_STATUS, statusAt } from '../harness/batches.ts';
import { dashboardDocument } from '../harness/documents.ts';
import { atLeastTimes } from '../harness/goal.ts';
import { Host } from '../harness/host.ts';
import { makePlace } from '../harness/place.ts';
import { BOTH, type Figure, type Row, type Run } from '../harness/row.ts';
import type { ProcessCalls } from '../harness/serve-calls.ts';
import { startBenchService } from '../harness/service.ts';
import { Sockets } from '../harness/sockets.ts';
import { interleaved, median } from '../harness/statistics.ts';
import type { BareCalls } from '../hosts/bare-ws.ts';
import type { PubSubCalls } from '../hosts/pubsub.ts';

/** Somebody who tells many subscribers of a change. */
interface Teller extends AsyncDisposable {
  /** Makes the change that is so much later than the first, and waits until it has come to all. Gives what came. */
  tell(change: number): Promise<string>;
  /** CPU time of the process that tells, in milliseconds. */
  cpuMs(): Promise<number>;
}

const UNIT = 'events/CPU s';
const WATCH = dashboardDocument('WatchBatch');

/** Events delivered per second of the server's CPU time, to subscribers of one batch with the same document. */
export const fanout: Row = {
  name: 'fanout',
  about: "events per second of the server's CPU time to many subscribers of one batch, beside bare ws and createPubSub",
  backends: BOTH,
  async run(run) {
    const figures: Omit<Figure, 'row' | 'backend'>[] = [];
    for (const subscribers of run.quick ? [200] : [1_000, 5_000]) {
      figures.push(...(await measure(run, subscribers)));
    }
    return figures;
  },
};

async function measure(run: Run, subscribers: number): Promise<Omit<Figure, 'row' | 'backend'>[]> {
  await using ours = await openOurs(run, subscribers);
  const bytes = await ours.tell(0);
  await using bare = await openBare(run, subscribers, bytes);
  await using pubSub = await openPubSub(run, subscribers);
  run.say(`${subscribers} subscribers each are there`);
  const events = run.quick ? 5 : 40;
  const rates = await interleaved(run.quick ? 2 : 6, {
    ours: (round) => rateOf(ours, subscribers, events, round),
    bare: (round) => rateOf(bare, subscribers, events, round),
    // One event of it takes as long as many of the others.
    pubSub: (round) => rateOf(pubSub, subscribers, run.quick ? 2 : 4, round),
  });
  // The first ones warm all of them up.
  const [own, ws, yoga] = [rates.ours, rates.bare, rates.pubSub].map((list) => median(list.slice(1)));
  const what = `${subscribers.toLocaleString('en')} subscribers, ${Buffer.byteLength(bytes)} bytes`;
  const figure = (name: string, value: number | undefined, least: number) => ({
    what,
    ours: { value: own ?? Number.NaN, unit: UNIT },
    peer: { name, value: value ?? Number.NaN, unit: UNIT },
    goal: atLeastTimes(least),
  });
  return [figure('ws broadcast', ws, 0.5), figure('createPubSub, Prisma read', yoga, 5)];
}

async function rateOf(teller: Teller, subscribers: number, events: number, round: number): Promise<number> {
  const beforeMs = await teller.cpuMs();
  for (let event = 1; event <= events; event++) {
    await teller.tell(round * events + event);
  }
  return ((subscribers * events) / ((await teller.cpuMs()) - beforeMs)) * 1_000;
}

async function openOurs(run: Run, subscribers: number): Promise<Teller> {
  await using stack = new AsyncDisposableStack();
  const service = stack.use(await startBenchService(run));
  const { id, projectIds } = await insertBatch(service.driver, 1);
  const sockets = stack.use(await Sockets.connect(`${service.url.replace('http', 'ws')}/graphql`, subscribers));
  await sockets.subscribe({ query: WATCH, variables: { batchId: `batch_${id}` } });
  const change = (number: number) => service.driver.query(SET_STATUS, [projectIds[0], statusAt(number)]);
  return tellerOf(stack.move(), sockets, service.host, change);
}

async function openBare(run: Run, subscribers: number, bytes: string): Promise<Teller> {
  await using stack = new AsyncDisposableStack();
  const host = stack.use(new Host<BareCalls>('bare-ws.ts', run));
  const sockets = stack.use(await Sockets.open(await host.call('open'), subscribers));
  return tellerOf(stack.move(), sockets, host, () => host.call('broadcast', bytes));
}

async function openPubSub(run: Run, subscribers: number): Promise<Teller> {
  await using stack = new AsyncDisposableStack();
  const { dataDir, databaseUrl } = stack.use(await makePlace(run));
  const host = stack.use(new Host<PubSubCalls>('pubsub.ts', run));
  const { url, batchId } = await host.call('open', { dataDir, databaseUrl });
  const sockets = stack.use(await Sockets.connect(url, subscribers));
  sockets.send({ query: WATCH, variables: { batchId } });
  while ((await host.call('subscribers')) < subscribers) {}
  return tellerOf(stack.move(), sockets, host, (number) => host.call('publish', statusAt(number)));
}

function tellerOf(
  stack: AsyncDisposableStack,
  sockets: Sockets,
  host: Pick<Host<ProcessCalls>, 'call'>,
  change: (number: number) => Promise<unknown>,
): Teller {
  return {
    async tell(number) {
      const arrivals = sockets.next(sockets.size);
      await change(number);
      return (await arrivals).last;
    },
    cpuMs: () => host.call('cpuMs'),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
