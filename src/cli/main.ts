import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { ExitCode } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import { runProgram } from './program.ts';

const signal = listenForInterrupts();

for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      // Whoever read it wants no more, as with | head.
      process.exit(ExitCode.done);
    }
    if (output === process.stderr) {
      // Nothing is left to say, and no place to say it.
      process.exit(ExitCode.bug);
    }
    const line = `Standard output can't be written (${error.message}): send it somewhere else\n`;
    process.stderr.write(line, () => process.exit(ExitCode.refused));
  });
}

const packageFile = findPackageJSON(import.meta.url);
const { version } = packageFile === undefined ? { version: '' } : JSON.parse(await readFile(packageFile, 'utf8'));
const { stdin, stdout, stderr } = process;
const tokenVariable = process.env['SHOWRUNNER_TOKEN'];
// In the repository it is run by npm; once it is bundled and installed, by npx.
const commandName = import.meta.filename.endsWith('.ts') ? 'npm run showrunner --' : 'npx showrunner';
process.exitCode = await runProgram(
  process.argv.slice(2),
  { stdin, stdout, stderr, signal, tokenVariable, commandName },
  String(version),
);
