import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The system keeps no more than 64 kB for a connection at each of its ends: with its usual megabytes
 * nothing would reach the service of a client that does not read.
 */
const SMALL_BUFFERS = `
  ip link set lo up
  echo '4096 16384 65536' > /proc/sys/net/ipv4/tcp_wmem
  echo '4096 16384 65536' > /proc/sys/net/ipv4/tcp_rmem
  exec "$@"`;

/**
 * Runs a script of this folder in a network of its own, with nobody else in it and small buffers;
 * gives what it has said. Takes unshare and ip, as Linux has them.
 */
export async function runInOwnNetwork(script: string, ...args: readonly string[]): Promise<string> {
  // As root of the machine or, for everybody else, of a namespace.
  const namespaces = process.getuid?.() === 0 ? ['--net'] : ['--net', '--user', '--map-root-user'];
  const scene = [process.execPath, join(import.meta.dirname, script), ...args];
  const { stdout } = await promisify(execFile)('unshare', [...namespaces, 'sh', '-ec', SMALL_BUFFERS, 'sh', ...scene]);
  return stdout;
}
