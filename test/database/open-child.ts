// A process that opens a database, tells of it, and is killed or closes it and ends by itself.
import { openEmbedded } from '../../src/database/embedded.ts';
import { openPostgres } from '../../src/database/postgres.ts';

/** What the child opens; as JSON, its first argument. */
export interface ChildOptions {
  dataDir: string;
  url?: string | undefined;
  migrationsDir?: string | undefined;
}

const { dataDir, url, migrationsDir }: ChildOptions = JSON.parse(process.argv[2] ?? '{}');

function tell(message: string): void {
  process.send?.(message);
}

const log = {
  info: (_: object, message: string) => tell(message),
  warn: (_: object, message: string) => tell(message),
  error: (_: object, message: string) => tell(message),
};

try {
  const database =
    url === undefined
      ? await openEmbedded({ dataDir, migrationsDir, log })
      : await openPostgres({ url, migrationsDir, log });
  await database.listen('showrunner_batches', tell, () => tell('gap'));
  process.once('message', async () => {
    await database[Symbol.asyncDispose]();
    // From here on nothing may keep the process.
    process.disconnect();
  });
  tell('open');
} catch (error) {
  tell(String(error));
  process.disconnect();
}
