import { v7 as uuidv7 } from 'uuid';
import { timed } from '../harness/clock.ts';
import type { Driver } from '../harness/driver.ts';
import { atMost, atMostTimes } from '../harness/goal.ts';
import { bodyOf, Requests } from '../harness/requests.ts';
import { BOTH, type Figure, type Row } from '../harness/row.ts';
import { startBenchService } from '../harness/service.ts';
import { interleaved, median } from '../harness/statistics.ts';
import { textOf } from '../harness/text.ts';

const CHARACTERS = 2_000;
const WITHIN_MS = 2_000;

const CREATE = `
  mutation Create($input: CreateBatchInput!) {
    createBatch(input: $input) {
      ... on CreateBatchSuccess { batch { id totalProjects } }
      ... on Error { message }
    }
  }`;

/** createBatch over HTTP beside one bare INSERT of the same rows. */
export const create: Row = {
  name: 'create',
  about: 'createBatch of many projects over HTTP, beside one bare INSERT of the same rows',
  backends: BOTH,
  async run(run) {
    await using service = await startBenchService(run);
    await service.driver.query('CREATE TABLE bare_projects (LIKE projects INCLUDING ALL)');
    using requests = new Requests(`${service.url}/graphql`, 1);
    const figures: Omit<Figure, 'row' | 'backend'>[] = [];
    const sizes = run.quick ? [100, 1_000] : [1_000, 10_000];
    for (const size of sizes) {
      // The first ones warm both up.
      const rounds = (run.quick ? 1 : 5) + 1;
      const { ours, peer } = await interleaved(rounds, {
        ours: (round) => createOverHttp(requests, size, round),
        peer: (round) => insertBare(service.driver, size, round),
      });
      const [oursMs, peerMs] = [median(ours.slice(1)), median(peer.slice(1))];
      run.say(`${size} projects: ${oursMs.toFixed(0)} ms, bare ${peerMs.toFixed(0)} ms`);
      const what = `${size.toLocaleString('en')} projects of ${CHARACTERS.toLocaleString('en')} characters`;
      figures.push({
        what,
        ours: { value: oursMs, unit: 'ms' },
        peer: { name: 'bare INSERT', value: peerMs, unit: 'ms' },
        goal: atMostTimes(2),
      });
      if (size === 10_000) {
        figures.push({ what, ours: { value: oursMs, unit: 'ms' }, peer: undefined, goal: atMost(WITHIN_MS) });
      }
    }
    return figures;
  },
};

async function createOverHttp(requests: Requests, size: number, round: number): Promise<number> {
  const projects = Array.from({ length: size }, (_, index) => ({
    name: `Project ${index + 1}`,
    content: textOf(CHARACTERS, round * size + index),
  }));
  const body = bodyOf({ query: CREATE, variables: { input: { name: `Batch ${round}`, projects } } });
  let answer = '';
  const ms = await timed(async () => {
    answer = await requests.send(body);
  });
  if (!answer.includes(`"totalProjects":${size}`)) {
    throw new Error(`createBatch answered ${answer.slice(0, 1_000)}`);
  }
  return ms;
}

function insertBare(driver: Driver, size: number, round: number): Promise<number> {
  const positions = Array.from({ length: size }, (_, index) => index);
  return driver.time(
    `INSERT INTO bare_projects (id, batch_id, position, name, content, gemini_model)
     SELECT p.id, $1::uuid, p.position, p.name, p.content, 'gemini-1.5-flash'
     FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[]) AS p (id, position, name, content)`,
    [
      uuidv7(),
      positions.map(() => uuidv7()),
      positions,
      positions.map((index) => `Project ${index + 1}`),
      positions.map((index) => textOf(CHARACTERS, round * size + index)),
    ],
  );
}
