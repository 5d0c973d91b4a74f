import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process this is, said so that another process, perhaps on another machine, can tell whether it still lives. */
export interface ProcessIdentity {
  pid: number;
  hostname: string;
  /** When the process was seen to start: ISO 8601. */
  startedAt: string;
  command: string;
  /** Where a pid means the same process: the boot of the kernel and the namespace of pids (Linux). */
  pidSpace?: string | undefined;
  /** When the process started, in the kernel's ticks since boot (Linux). Tells a pid that was given out again. */
  startTicks?: string | undefined;
}

/** Whether a process lives. `unknown` where only its own machine or container could tell. */
export type Liveness = 'alive' | 'dead' | 'unknown';

const MAX_COMMAND_LENGTH = 200;

/** The identity of this process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    hostname: hostname(),
    startedAt: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    command: process.argv.join(' ').slice(0, MAX_COMMAND_LENGTH),
    pidSpace: pidSpace(),
    startTicks: processStat(process.pid)?.startTicks,
  };
}

/** Judges from here whether a process lives. */
export function livenessOf(other: ProcessIdentity): Liveness {
  // Containers that share a volume each have a pid 1, and may even have the same host name.
  if (other.hostname !== hostname() || other.pidSpace !== pidSpace()) {
    return 'unknown';
  }
  if (!pidExists(other.pid)) {
    return 'dead';
  }
  const stat = processStat(other.pid);
  if (stat === undefined) {
    return 'alive';
  }
  const isAnother = other.startTicks !== undefined && other.startTicks !== stat.startTicks;
  return stat.isZombie || isAnother ? 'dead' : 'alive';
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Undefined where there is no /proc. */
function pidSpace(): string | undefined {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${bootId} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Undefined where there is no /proc, or no such process. */
function processStat(pid: number): { isZombie: boolean; startTicks: string | undefined } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses, which may hold anything. Field 3 is the state,
    // field 22 the start.
    const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { isZombie: state === 'Z' || state === 'X', startTicks: rest[18] };
  } catch {
    return undefined;
  }
}
