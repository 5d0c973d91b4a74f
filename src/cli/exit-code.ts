/** What the terminal client ends with. */
export const ExitCode = {
  /** All that was asked for is done. */
  done: 0,
  /** It is done, but some projects have no video: they failed, were cancelled, or are not finished yet. */
  incomplete: 1,
  /** The command was used wrongly, what was asked for was refused, or its result can't be written. */
  refused: 2,
  /** The service can't be reached, or can't serve for the moment. Trying again may help. */
  unreachable: 3,
  /** A mistake in the client itself. */
  bug: 70,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
  /** SIGTERM, as shells have it. */
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
