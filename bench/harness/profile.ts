import { mkdir, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(import.meta.dirname, '../..');
const MOST = 40;

type Profile = Awaited<ReturnType<typeof stopOf>>;
type Node = Profile['nodes'][number];

/**
 * Records what the CPU time of this process goes into, until disposed of; leaves `<name>.cpuprofile`
 * for Chrome's developer tools, and `<name>.txt` with what stands out.
 */
export async function recordProfile(dir: string, name: string): Promise<AsyncDisposable> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return {
    async [Symbol.asyncDispose]() {
      const profile = await stopOf(session);
      session.disconnect();
      await mkdir(dir, { recursive: true });
      await writeFile(join(dir, `${name}.cpuprofile`), JSON.stringify(profile));
      await writeFile(join(dir, `${name}.txt`), summaryOf(profile));
    },
  };
}

async function stopOf(session: Session) {
  return (await session.post('Profiler.stop')).profile;
}

/** Shares of the busy time: by module, by function, and by function with all that it calls. */
function summaryOf({ nodes, samples = [], timeDeltas = [] }: Profile): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const [modules, own, all] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const add = (sums: Map<string, number>, key: string, us: number) => sums.set(key, (sums.get(key) ?? 0) + us);
  let busyUs = 0;
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id);
    const us = timeDeltas[index] ?? 0;
    if (node === undefined || node.callFrame.functionName === '(idle)' || node.callFrame.url === 'node:inspector') {
      continue;
    }
    busyUs += us;
    add(modules, moduleOf(node), us);
    add(own, functionOf(node), us);
    const seen = new Set<string>();
    for (let at: Node | undefined = node; at !== undefined; at = byId.get(parents.get(at.id) ?? -1)) {
      seen.add(functionOf(at));
    }
    for (const key of seen) {
      add(all, key, us);
    }
  }
  const list = (title: string, sums: Map<string, number>) =>
    [
      title,
      ...[...sums]
        .sort((a, b) => b[1] - a[1])
        .slice(0, MOST)
        .map(([key, us]) => `  ${((100 * us) / busyUs).toFixed(1).padStart(5)} %  ${key}`),
    ].join('\n');
  return `${[
    `Busy for ${Math.round(busyUs / 1_000)} ms.`,
    list('By module', modules),
    list('By function', own),
    list('By function, with what it calls', all),
  ].join('\n\n')}\n`;
}

function pathOf({ callFrame: { url } }: Node): string {
  return url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
}

function moduleOf(node: Node): string {
  const [, inside] = pathOf(node).split(/node_modules\/(?!.*node_modules\/)/);
  const [first = '', second] = (inside ?? '').split('/');
  const path = first.startsWith('@') ? `${first}/${second}` : first;
  return path || pathOf(node) || node.callFrame.functionName;
}

function functionOf(node: Node): string {
  const { functionName, lineNumber } = node.callFrame;
  const path = pathOf(node);
  return `${functionName || '(anonymous)'}${path === '' ? '' : ` ${path}:${lineNumber + 1}`}`;
}
