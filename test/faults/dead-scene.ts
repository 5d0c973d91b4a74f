// A service and subscribers over SSE that vanish without a word, as when a cable is pulled. Comes to
// its end where the service has let go of them, and of no other. Prints what came of it as JSON. Run
// by stalled.faults.ts in a network of its own.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { CREATE } from '../graphql/documents.ts';
import { createCluster } from '../helpers/cluster.ts';
import { createTestFolder } from '../helpers/process.ts';
import { askUntilAnswered } from './api.ts';
import { logOf, startRole, urlOf } from './service.ts';
import { openSse } from './sse-socket.ts';
import { SMALL_TEXT } from './workload.ts';

/** What the scene says at its end. */
export interface DeadOutcome {
  /** How many subscriptions of those that vanished the service has ended. */
  ended: number;
  /** How long that took it, in milliseconds. */
  tookMs: number;
}

const DEAD = 20;
const ADDRESS = '10.9.9.9';
const ip = (command: string) => execFileSync('ip', command.split(' '));

/** From here on everything that goes to the address ends at the far end of a cable, where nobody is. */
function pullCable(): void {
  ip('link add near type veth peer name far');
  ip('link set near up');
  ip('link set far up');
  ip(`address del ${ADDRESS}/32 dev lo`);
  ip(`route add ${ADDRESS}/32 dev near`);
  ip(`neighbour add ${ADDRESS} lladdr 02:00:00:00:00:01 dev near`);
}

async function play(): Promise<DeadOutcome> {
  ip(`address add ${ADDRESS}/32 dev lo`);
  await using cluster = await createCluster();
  const databaseUrl = await cluster.createDatabase();
  await using folder = await createTestFolder();
  await using service = startRole('api', { dataDir: folder.path, databaseUrl });
  const url = await urlOf(service);
  const { createBatch } = await askUntilAnswered([url], CREATE, {
    input: { name: 'One', geminiModel: 'gemini-1.5-flash', projects: [{ name: 'Project', content: SMALL_TEXT }] },
  });
  const id = createBatch.__typename === 'CreateBatchSuccess' ? createBatch.batch.id : '';
  const watchOf = (name: string) => `subscription ${name} { batchProgress(batchId: "${id}") { batch { status } } }`;
  const silent = await openSse(url, watchOf('Silent'));
  const dead = await Promise.all(Array.from({ length: DEAD }, () => openSse(url, watchOf('Dead'), ADDRESS)));
  pullCable();

  const startedAt = performance.now();
  const ended = () => logOf(service).filter(({ operation }) => operation === 'subscription Dead').length;
  while (ended() < DEAD) {
    await once(service.child.stderr ?? service.child, 'data');
  }
  const tookMs = performance.now() - startedAt;
  // Before the change: it may be told of sooner than the database answers.
  let said = '';
  silent.on('data', (chunk) => {
    said += chunk;
  });
  await cluster.sql(databaseUrl, `UPDATE projects SET status = 'RENDERING'`);
  while (!said.includes('RUNNING')) {
    await once(silent, 'data');
  }
  for (const socket of [silent, ...dead]) {
    socket.destroy();
  }
  return { ended: ended(), tookMs };
}

process.stdout.write(JSON.stringify(await play()));
