/** How long what is under way has to end in order. */
const GRACE_MS = 500;

/**
 * Aborts, with the name of the signal, once this process is told to stop. The first signal always ends
 * it: first in order, so that files are closed and the cursor is shown again, and if that takes too
 * long, as where a file system does not answer, by the signal itself. A second one ends it at once.
 */
export function listenForInterrupts(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      stop.abort(name);
      setTimeout(() => endBy(name), GRACE_MS).unref();
    });
  }
  return stop.signal;
}

function endBy(name: NodeJS.Signals): void {
  if (process.stdout.isTTY) {
    // Progress bars may have hidden the cursor, and switched the wrapping of lines off.
    process.stdout.write('\u001b[?25h\u001b[?7h');
  }
  // process.exit() would wait for the very call that hangs. Nobody listens any more, so that this ends it.
  process.kill(process.pid, name);
}
