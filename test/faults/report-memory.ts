// Loaded into a process before its own code: at SIGUSR2 it collects what nobody holds any more, and
// says on standard error, in a line of its own, how many bytes it has left in JavaScript and in buffers.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.stderr.write(`memory ${heapUsed + external} bytes\n`);
});
