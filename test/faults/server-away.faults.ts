import pg from 'pg';
import { expect, test } from 'vitest';
import { countOf } from './counts.ts';
import { type OutageScene, takeAway, workThrough } from './outage-scene.ts';

const TIMEOUT_MS = 600_000;
/** How often the connections of one kind are cut. */
const CUTS = countOf('FAULT_CUTS', 5);

test.each(['listen', 'operations', 'work'])(
  'connections for %s that the server ends cost nothing, however often',
  { timeout: TIMEOUT_MS },
  async (purpose) => {
    await workThrough(async ({ cluster, databaseUrl, reached }) => {
      const cut = () =>
        cluster.adminSql(
          `SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity WHERE datname = $1 AND application_name = $2`,
          [databaseUrl.split('/').at(-1), `showrunner ${purpose}`],
        );
      for (let cuts = 0; cuts < CUTS; cuts++) {
        await reached(0.1 + (0.8 * cuts) / CUTS);
        // One may be between two connections just then.
        await expect.poll(async () => (await cut()).length).toBeGreaterThan(0);
      }
    });
  },
);

test.each(['fast', 'immediate'] as const)(
  'a server that is stopped (%s) and started again after a while costs nothing but time',
  { timeout: TIMEOUT_MS },
  async (mode) => {
    await workThrough(async (scene) => {
      await takeAway(scene, {
        begin: () => scene.cluster.stop(mode),
        end: () => scene.cluster.start(),
        refused: ['read', 'write'],
      });
    });
  },
);

test('a server that takes no writes for a while costs nothing but time', { timeout: TIMEOUT_MS }, async () => {
  await workThrough(async (scene) => {
    const set = async (value: 'on' | 'off') => {
      await scene.cluster.adminSql(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
      await scene.cluster.adminSql('SELECT pg_reload_conf()');
    };
    await takeAway(scene, { begin: () => set('on'), end: () => set('off'), refused: ['write'] });
  });
});

/** Takes every connection that a plain user can have, also those that the service has; gives what lets go of them. */
async function takeAllConnections({ cluster, databaseUrl }: OutageScene): Promise<() => Promise<void>> {
  const name = databaseUrl.split('/').at(-1);
  const taken: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: databaseUrl, application_name: 'hog' });
    client.on('error', () => {});
    try {
      await client.connect();
      taken.push(client);
    } catch {
      // No more to be had, but for those that the service holds.
      const others = await cluster.adminSql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name <> 'hog'`,
        [name],
      );
      if (others.length === 0) {
        return async () => void (await Promise.all(taken.map((each) => each.end())));
      }
    }
  }
}

test('a server without any connection left for a while costs nothing but time', {
  timeout: TIMEOUT_MS,
}, async () => {
  await workThrough(async (scene) => {
    let release = async () => {};
    await takeAway(scene, {
      begin: async () => {
        release = await takeAllConnections(scene);
      },
      end: () => release(),
      refused: ['read', 'write'],
    });
  });
});
