import type { Command } from 'commander';
import type { Service } from '../client.ts';
import type { ExitCode } from '../exit-code.ts';
import { parseBatchId } from '../option-values.ts';
import { plainTextWarning } from '../sign-in.ts';
import type { Terminal } from '../terminal.ts';
import { readToken } from '../token.ts';

/** What every command takes. */
export interface GlobalOptions {
  readonly url: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
}

/** What a command is run with. */
export interface Run<Options> {
  readonly terminal: Terminal;
  readonly service: Service;
  readonly options: Options & GlobalOptions;
}

/** Where commands are added to, and what they run in. */
export interface Setting {
  readonly program: Command;
  readonly terminal: Terminal;
  /** Takes what the command that was run ends with. */
  finish(code: ExitCode): void;
}

/** Makes a command do something with its first argument: its paths, or its batch. */
export function runs<Argument, Options = object>(
  command: Command,
  { terminal, finish }: Setting,
  act: (argument: Argument, run: Run<Options>) => Promise<ExitCode>,
): void {
  command.action(async (argument: Argument) => {
    const options = command.optsWithGlobals<Options & GlobalOptions>();
    finish(await act(argument, { terminal, options, service: await openService(options, terminal) }));
  });
}

async function openService({ url, tokenFile }: GlobalOptions, terminal: Terminal): Promise<Service> {
  const token = await readToken(tokenFile, terminal);
  const warning = token && plainTextWarning(url);
  if (warning !== undefined) {
    terminal.stderr.write(`${warning}\n`);
  }
  return { url, token, signal: terminal.signal };
}

/** Gives a command the argument that names a batch. */
export function onBatch(command: Command): Command {
  return command.argument('<batch>', 'id of the batch: batch_<uuid>, or <uuid> alone', parseBatchId);
}

/** Examples below the help of a command, each a line that can be copied. */
export function examples(command: Command, { terminal }: Setting, lines: readonly string[]): Command {
  // npm says what it runs, before the JSON, unless it is told not to.
  const quiet = terminal.commandName.replace(/^npm run /, 'npm run --silent ');
  const shown = lines.map((line) => `  ${line.includes('--json') ? quiet : terminal.commandName} ${line}`);
  return command.addHelpText('after', ['', 'Examples:', ...shown].join('\n'));
}

/** An id for examples. */
export const EXAMPLE_BATCH = 'batch_0192f0c1-2a3b-7c4d-8e5f-60718293a4b5';
