import { Command, CommanderError, Option } from 'commander';
import { printable } from './columns.ts';
import { addCancel } from './commands/cancel.ts';
import { addPauseAndResume } from './commands/control.ts';
import { addDownload } from './commands/download.ts';
import { addList } from './commands/list.ts';
import { addRetry } from './commands/retry.ts';
import { addShow } from './commands/show.ts';
import { addSubmit } from './commands/submit.ts';
import { addWatch } from './commands/watch.ts';
import { ExitCode } from './exit-code.ts';
import { ConnectionError, InterruptedError, RefusedError, RequestError } from './failures.ts';
import { DEFAULT_URL, parseUrl } from './option-values.ts';
import type { Terminal } from './terminal.ts';

const AFTER_HELP = `
Exit codes:
  0  done
  1  done, but not every project has a video: some failed, were cancelled or, for download, are not finished
  2  wrong use, or what was asked for was refused, as for want of a valid token
  3  the service can't be reached

A service that asks who you are wants a token, of SHOWRUNNER_TOKEN or of --token-file, which goes before
it. There is no option for the token itself, as other users of this machine could read it there.

NO_COLOR and FORCE_COLOR are respected.`;

/** Runs the client with the arguments of a command line. Gives what it ends with; never rejects. */
export async function runProgram(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  let code: ExitCode = ExitCode.done;
  const program = makeProgram(terminal, version);
  const setting = {
    program,
    terminal,
    finish(ended: ExitCode) {
      code = ended;
    },
  };
  for (const add of [addSubmit, addWatch, addList, addShow, addPauseAndResume, addCancel, addRetry, addDownload]) {
    add(setting);
  }
  addHelp(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return report(
      error,
      terminal,
      program.commands.map((each) => each.name()).find((name) => name !== HELP && args.includes(name)),
    );
  }
}

function makeProgram({ stdout, stderr, commandName }: Terminal, version: string): Command {
  return new Command(commandName)
    .description('Makes videos of texts, many at a time, with a Showrunner service, and follows them.')
    .version(version, '-V, --version', 'say which version this is')
    .helpOption('-h, --help', 'say what there is and how it is used')
    .helpCommand(false)
    .addOption(
      new Option('--url <url>', 'where the API is').default(DEFAULT_URL).env('SHOWRUNNER_URL').argParser(parseUrl),
    )
    .option('--token-file <path>', 'file with the token to sign in with; - reads it from standard input')
    .option('--json', 'write JSON for scripts: one document, or one line per event')
    .addHelpText('after', AFTER_HELP)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns,
      getErrHelpWidth: () => stderr.columns,
      // Told by report(), as every other error.
      outputError: () => {},
    })
    .exitOverride();
}

const HELP = 'help';

/** Commander's own help command takes any name for a command. */
function addHelp(program: Command): void {
  program
    .command(HELP)
    .description('say how a command is used')
    .argument('[command]', 'which')
    .action((name?: string) => {
      const found = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (found === undefined) {
        program.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' });
      }
      found.outputHelp();
    });
}

function report(error: unknown, { stderr, signal, commandName }: Terminal, command: string | undefined): ExitCode {
  if (signal.aborted) {
    return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
  }
  if (error instanceof InterruptedError) {
    return ExitCode.interrupted;
  }
  if (error instanceof CommanderError) {
    return reportUse(error, stderr, command === undefined ? commandName : `${commandName} ${command}`);
  }
  if (error instanceof RequestError && error.code === 'BATCH_NOT_FOUND') {
    stderr.write(`There is no such batch: ${commandName} list shows those that there are\n`);
    return ExitCode.refused;
  }
  if (error instanceof RequestError) {
    stderr.write(`${printable(error.message)}\n`);
    return ExitCode.refused;
  }
  if (error instanceof RefusedError) {
    stderr.write(`${error.message.split('\n').map(printable).join('\n')}\n`);
    return ExitCode.refused;
  }
  if (error instanceof ConnectionError) {
    stderr.write(`${printable(error.message)}\n`);
    return ExitCode.unreachable;
  }
  stderr.write(`A mistake in this client, please report it: ${error instanceof Error ? error.stack : error}\n`);
  return ExitCode.bug;
}

/** Help and version end with an error of commander's, too; so does no command at all, after its help. */
function reportUse(error: CommanderError, stderr: NodeJS.WriteStream, usage: string): ExitCode {
  if (error.exitCode === 0) {
    return ExitCode.done;
  }
  if (error.code !== 'commander.help') {
    // Commander puts its suggestions on a line of their own.
    const message = error.message
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .replace(/\.$/, '');
    stderr.write(`${printable(message)}; see ${usage} --help\n`);
  }
  return ExitCode.refused;
}
