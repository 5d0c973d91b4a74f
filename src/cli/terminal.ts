/** What the client is run in: the process itself, or what a test puts in its place. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborts when the client is told to stop, by Ctrl-C for example. */
  readonly signal: AbortSignal;
  /** What SHOWRUNNER_TOKEN holds, if it is set. */
  readonly tokenVariable: string | undefined;
  /** How to run the client, for hints that can be copied: npx showrunner. */
  readonly commandName: string;
}

/** Writes one line for the reader of the output. */
export function say({ stdout }: Pick<Terminal, 'stdout'>, line: string): void {
  stdout.write(`${line}\n`);
}

/** Writes one line of JSON for a script. */
export function sayJson({ stdout }: Pick<Terminal, 'stdout'>, value: unknown): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}
