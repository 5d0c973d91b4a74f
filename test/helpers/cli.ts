import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { type IPty, spawn as spawnPty } from '@lydell/node-pty';

const ROOT = resolve(import.meta.dirname, '../..');
const SCRIPT = resolve(ROOT, 'src/cli/main.ts');

/** What a run of the terminal client left behind. */
export interface CliResult {
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running terminal client. Disposing of it kills what is still there. */
export interface Cli extends AsyncDisposable {
  /** What it has said so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves with the match once its standard output or error fits; rejects if it ends before. */
  said(pattern: RegExp): Promise<RegExpMatchArray>;
  kill(signal: NodeJS.Signals): void;
  /** Closes the pipe that its standard output goes into, as head does. */
  stopReading(): void;
  ended(): Promise<CliResult>;
}

/** How a terminal client for tests is run. */
export interface CliOptions {
  env?: Record<string, string>;
  cwd?: string;
}

/** Starts the terminal client with its outputs in pipes and nothing to read. */
export function startCli(args: readonly string[], { env = {}, cwd = ROOT }: CliOptions = {}): Cli {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watchCli(child);
}

/** Runs the terminal client to its end. */
export async function runCli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  await using cli = startCli(args, options);
  return await cli.ended();
}

/** A terminal client in a pseudo terminal. Disposing of it kills what is still there. */
export interface TerminalCli extends AsyncDisposable {
  /** Everything that it has written so far, control sequences included, with ␛ for the escape character. */
  readonly raw: string;
  /** Resolves once what it has written fits; rejects if it ends before. */
  shown(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Types on its keyboard. */
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves with its exit code. */
  ended(): Promise<number>;
}

/** Starts the terminal client in a pseudo terminal. */
export function startInTerminal(
  args: readonly string[],
  { columns = 80, rows = 24, env = {} }: { columns?: number; rows?: number; env?: Record<string, string> } = {},
): TerminalCli {
  const pty: IPty = spawnPty(process.execPath, [SCRIPT, ...args], {
    cols: columns,
    rows,
    cwd: ROOT,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
  });
  let raw = '';
  const { found, look } = awaitText(() => [raw]);
  pty.onData((text) => {
    raw += text.replaceAll('\u001b', '␛');
    look();
  });
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  let alive = true;
  void ended.then(() => {
    alive = false;
  });
  return {
    get raw() {
      return raw;
    },
    shown: (pattern) => found(pattern, ended),
    type: (text) => pty.write(text),
    resize: (newColumns, newRows) => pty.resize(newColumns, newRows),
    ended: () => ended,
    async [Symbol.asyncDispose]() {
      if (alive) {
        pty.kill('SIGKILL');
      }
      await ended;
    },
  };
}

function watchCli(child: ChildProcess): Cli {
  const output = { stdout: '', stderr: '' };
  const { found, look } = awaitText(() => [output.stdout, output.stderr]);
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      look();
    });
  }
  const closed = once(child, 'close');
  const ended = async () => {
    await closed;
    return { code: child.signalCode ?? child.exitCode ?? -1, ...output };
  };
  return {
    output,
    said: (pattern) => found(pattern, ended()),
    kill: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout?.destroy(),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** Waits for texts that grow: `look` is to be called when they have. */
function awaitText(texts: () => string[]) {
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of watchers) {
      watcher();
    }
  };
  const found = (pattern: RegExp, ended: Promise<unknown>) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      const watcher = () => {
        const match = texts()
          .map((text) => text.match(pattern))
          .find((each) => each !== null);
        if (match != null) {
          watchers.delete(watcher);
          resolve(match);
        }
      };
      watchers.add(watcher);
      watcher();
      void ended.then((end) => {
        watcher();
        reject(new Error(`ended with ${JSON.stringify(end)} before ${pattern}: ${JSON.stringify(texts())}`));
      });
    });
  return { found, look };
}

/** The values of lines of JSON. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => JSON.parse(line));
}
