/** A function that may be called often, and runs at most once per interval: at once, and once more for the calls meanwhile. */
export function throttle(intervalMs: number, run: () => void): (() => void) & { cancel(): void } {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const call = () => {
    if (waiting !== undefined) {
      isDue = true;
      return;
    }
    run();
    waiting = setTimeout(() => {
      waiting = undefined;
      if (isDue) {
        isDue = false;
        call();
      }
    }, intervalMs);
  };
  return Object.assign(call, {
    cancel: () => {
      clearTimeout(waiting);
      waiting = undefined;
      isDue = false;
    },
  });
}
