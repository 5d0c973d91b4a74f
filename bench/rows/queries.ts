import { atLeastTimes } from '../harness/goal.ts';
import { startPostGraphile } from '../harness/postgraphile.ts';
import { QUERY_SHAPES, type QueryShape } from '../harness/query-shapes.ts';
import { bodyOf, type GraphqlRequest, Requests } from '../harness/requests.ts';
import { BOTH, type Figure, type Row, type Run } from '../harness/row.ts';
import { type Seed, seed, seededBatchId } from '../harness/seed.ts';
import { startBenchService } from '../harness/service.ts';
import { interleaved, median } from '../harness/statistics.ts';

/** A database of some size, and who serves it. */
interface Served extends AsyncDisposable {
  size: number;
  batchIds: readonly string[];
  ours: Requests;
  /** Undefined on PGlite, which only one process can have open. */
  peer: Requests | undefined;
}

const CONCURRENCY = 16;
const SAMPLE = 500;
const UNIT = 'requests/s';

/** Queries of the dashboard, in databases of three sizes that are served side by side. */
export const queries: Row = {
  name: 'queries',
  about: 'batch detail, batch list and project page, beside PostGraphile 5, and by the size of the database',
  backends: BOTH,
  async run(run) {
    await using stack = new AsyncDisposableStack();
    const all: Served[] = [];
    for (const each of seedsOf(run)) {
      run.say(`a database of ${(each.batches * each.perBatch).toLocaleString('en')} projects`);
      all.push(stack.use(await serve(run, each)));
    }
    const figures: Omit<Figure, 'row' | 'backend'>[] = [];
    for (const shape of QUERY_SHAPES) {
      run.say(shape.name);
      figures.push(...(await measure(run, shape, all)));
    }
    return figures;
  },
};

/** On PGlite a million takes longer to write than it is worth. */
function seedsOf({ backend, quick }: Run): Seed[] {
  const small = { batches: 10, perBatch: 10 };
  if (quick) {
    return [small, { batches: 20, perBatch: 50 }];
  }
  const large = backend === 'pglite' ? { batches: 100, perBatch: 1_000 } : { batches: 1_000, perBatch: 1_000 };
  return [small, { batches: 100, perBatch: 100 }, large];
}

async function serve(run: Run, size: Seed): Promise<Served> {
  await using starting = new AsyncDisposableStack();
  const service = starting.use(await startBenchService(run));
  await seed(service.driver, size);
  const ours = starting.use(new Requests(`${service.url}/graphql`, CONCURRENCY));
  const { databaseUrl } = service.place;
  const peer = databaseUrl === undefined ? undefined : starting.use(await startPostGraphile(run, databaseUrl));
  const toPeer = peer === undefined ? undefined : starting.use(new Requests(peer.url, CONCURRENCY));
  const running = starting.move();
  return {
    size: size.batches * size.perBatch,
    // Spread over all of them.
    batchIds: Array.from({ length: Math.min(SAMPLE, size.batches) }, (_, index) =>
      seededBatchId(1 + ((index * 7_919) % size.batches)),
    ),
    ours,
    peer: toPeer,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function measure(
  run: Run,
  shape: QueryShape,
  all: readonly Served[],
): Promise<Omit<Figure, 'row' | 'backend'>[]> {
  const durationMs = run.quick ? 500 : 2_000;
  const measurements: Record<string, () => Promise<number>> = {};
  for (const { size, batchIds, ours, peer } of all) {
    const bodies = (make: (batchId: string) => GraphqlRequest) => batchIds.map((id) => bodyOf(make(id)));
    const own = await checked(ours, bodies(shape.ours));
    measurements[`ours ${size}`] = () => ours.perSecond(own, durationMs);
    if (peer !== undefined) {
      const others = await checked(peer, bodies(shape.postGraphile));
      measurements[`peer ${size}`] = () => peer.perSecond(others, durationMs);
    }
  }
  const rates = await interleaved((run.quick ? 1 : 5) + 1, measurements);
  // The first ones warm all of them up.
  const rateOf = (name: string) => median((rates[name] ?? []).slice(1));
  const figures = all.map(({ size, peer }) => ({
    what: `${shape.name}, ${size.toLocaleString('en')} projects`,
    ours: { value: rateOf(`ours ${size}`), unit: UNIT },
    peer: peer && { name: 'PostGraphile', value: rateOf(`peer ${size}`), unit: UNIT },
    goal: peer && atLeastTimes(1),
  }));
  const [smallest = 0, largest = 0] = [all[0]?.size, all.at(-1)?.size];
  return [
    ...figures,
    {
      what: `${shape.name}, ${largest.toLocaleString('en')} projects`,
      ours: { value: rateOf(`ours ${largest}`), unit: UNIT },
      peer: { name: `with ${smallest}`, value: rateOf(`ours ${smallest}`), unit: UNIT },
      goal: atLeastTimes(1 / 1.2),
    },
  ];
}

/** Sees that the first is answered as it should be. */
async function checked(requests: Requests, bodies: Buffer[]): Promise<Buffer[]> {
  const answer = await requests.send(bodies[0] ?? '');
  if (/null\}\}$/.test(answer)) {
    throw new Error(`a query was answered with ${answer}`);
  }
  return bodies;
}
