import { PgBoss } from 'pg-boss';
import type { Database } from '../../src/database/database.ts';

/** pg-boss alone, beside the service's own in the same database. */
export interface BareQueue extends AsyncDisposable {
  /** Sends one job, and a notification with it. */
  send(data: object): Promise<void>;
  /** Sends so many empty jobs at once. */
  sendMany(count: number): Promise<void>;
  /**
   * Has so many jobs done at a time, until disposed of. They are fetched when a notification tells of
   * them, and when one is done: pg-boss's own work() waits for its next poll between two jobs.
   */
  work<Data extends object>(concurrency: number, handle: (data: Data) => Promise<void>): Promise<AsyncDisposable>;
}

const QUEUE = 'bare';
const SCHEMA = 'bare_boss';
/** As pg-boss makes it of the name of its schema. */
const CHANNEL = `SELECT 'pgboss_' || left(encode(sha224('${SCHEMA}'::bytea), 'hex'), 24) AS name`;

/** Opens it on a database, over the same connections as the service's own. */
export async function openBareQueue(database: Database): Promise<BareQueue> {
  const { queueDatabase, backend } = database;
  const boss = new PgBoss({ db: queueDatabase, backend, schema: SCHEMA, schedule: false, supervise: false });
  boss.on('error', (error) => process.stderr.write(`pg-boss alone: ${error}\n`));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true, retryLimit: 0 });
  const { rows } = await queueDatabase.executeSql(CHANNEL);
  const channel = String(rows[0]?.name);
  return {
    async send(data) {
      await boss.send(QUEUE, data);
    },
    async sendMany(count) {
      await boss.insert(
        QUEUE,
        Array.from({ length: count }, () => ({})),
      );
    },
    async work<Data extends object>(concurrency: number, handle: (data: Data) => Promise<void>) {
      const active = new Set<Promise<void>>();
      let fetching: Promise<void> | undefined;
      let again = false;
      let isStopped = false;
      const fetch = async () => {
        do {
          again = false;
          const jobs = await boss.fetch<Data>(QUEUE, { batchSize: concurrency - active.size });
          for (const { id, data } of jobs) {
            const done: Promise<void> = handle(data)
              .then(async () => void (await boss.complete(QUEUE, id)))
              .finally(() => {
                active.delete(done);
                look();
              });
            active.add(done);
          }
        } while (again && active.size < concurrency);
        fetching = undefined;
      };
      const look = () => {
        again = true;
        if (!isStopped && active.size < concurrency) {
          fetching ??= fetch();
        }
      };
      const heard = await database.listen(channel, look, look);
      look();
      return {
        async [Symbol.asyncDispose]() {
          isStopped = true;
          await heard[Symbol.asyncDispose]();
          await fetching;
          await Promise.all(active);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: false, close: false });
    },
  };
}
