import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCli } from '../helpers/cli.ts';
import { createTestFolder } from '../helpers/process.ts';

/** Lets every call to the file system wait for ever, as a network drive does that has gone away, and says when that can be interrupted. */
const HANGING = `
import { readFile } from 'node:fs/promises';
for (let thread = 0; thread < 4; thread += 1) {
  void readFile(process.env.PIPE);
}
const waiting = setInterval(() => {
  if (process.listenerCount('SIGINT') > 0) {
    clearInterval(waiting);
    console.log('hangs');
  }
}, 5);
`;

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the first %s ends it within a second, also where a file system does not answer',
  async (signal) => {
    await using folder = await createTestFolder();
    const pipe = join(folder.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const hanging = join(folder.path, 'hanging.mjs');
    await writeFile(hanging, HANGING);
    const env = { NODE_OPTIONS: `--import=${hanging}`, PIPE: pipe, UV_THREADPOOL_SIZE: '4' };
    await using cli = startCli(['submit', folder.path], { env });
    await cli.said(/hangs/);
    cli.kill(signal);
    // Of which a shell makes 130 and 143.
    expect(await cli.ended()).toMatchObject({ code: signal });
  },
);
