import { readFile } from 'node:fs/promises';
import { isIPv4, type Socket } from 'node:net';
import { endianness } from 'node:os';

/** Where Linux tells of every connection of this network. Elsewhere there is nothing of the kind. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/**
 * Local and remote address, state, queues; which timer runs and until when; how often in a row it
 * was sent again, to whom, and how often in a row it was asked whether there is room. Timer 1 is for
 * what was sent and not acknowledged. Timer 4 asks: who lives answers, and it begins anew.
 */
const ROW =
  /^ *\d+: ([\dA-F]+:[\dA-F]+) ([\dA-F]+:[\dA-F]+) \S+ \S+ (?:01:\S+ (?!0+ )\S+|04:\S+ \S+ +\d+ +(?![01] )\d+) /;

/** The connections on which the system sends again what was not acknowledged, as keyOf() calls them; none where it does not tell. */
export async function readSendingAgain(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const table of TABLES) {
    const text = await readFile(table, 'latin1').catch(() => '');
    for (const line of text.split('\n')) {
      const [, local, remote] = ROW.exec(line) ?? [];
      if (local !== undefined) {
        found.add(`${local} ${remote}`);
      }
    }
  }
  return found;
}

/** What tells a connection from all others, as Linux writes it. */
export function keyOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${endOf(localAddress, localPort)} ${endOf(remoteAddress, remotePort)}`;
}

function endOf(address = '', port = 0): string {
  const bytes = isIPv4(address) ? address.split('.').map(Number) : bytesOfIPv6(address);
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    // Each word of four bytes is written as the number that it is to the processor.
    words.push(...(endianness() === 'LE' ? word.reverse() : word).map((byte) => hex(byte, 2)));
  }
  return `${words.join('')}:${hex(port, 4)}`;
}

/** 16 bytes of what Node writes as ::1 or ::ffff:127.0.0.1, with or without a zone. */
function bytesOfIPv6(address: string): number[] {
  const [plain = ''] = address.split('%');
  const last = plain.slice(plain.lastIndexOf(':') + 1);
  const tail = isIPv4(last) ? last.split('.').map(Number) : [];
  const groups = (tail.length > 0 ? plain.slice(0, -last.length).replace(/:$/, '') : plain).split('::');
  const [before, after] = [groups[0], groups[1]].map((part = '') =>
    part
      .split(':')
      .filter((group) => group !== '')
      .map((group) => Number.parseInt(group, 16))
      .flatMap((group) => [group >> 8, group & 255]),
  );
  const end = [...(after ?? []), ...tail];
  const zeros = Array.from({ length: Math.max(0, 16 - (before?.length ?? 0) - end.length) }, () => 0);
  return [...(before ?? []), ...zeros, ...end];
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
