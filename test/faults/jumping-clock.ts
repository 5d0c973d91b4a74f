// Loaded into a process before its own code: at each SIGUSR2 its clock jumps, as it does when somebody
// sets it: by hours, forwards and backwards. Says so on standard error, in a line of its own.
const HOUR_MS = 3_600_000;
/** How far off the clock is after each jump, over and over again. */
const OFFSETS_H = [6, -6, 30, 0, -3];

const realNow = Date.now;
let offsetMs = 0;
let jumps = 0;

Date.now = () => realNow() + offsetMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, as) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args, as),
  apply: () => new Date().toString(),
});

process.on('SIGUSR2', () => {
  offsetMs = (OFFSETS_H[jumps++ % OFFSETS_H.length] ?? 0) * HOUR_MS;
  process.stderr.write(`clock jumped to ${new Date().toISOString()}\n`);
});
