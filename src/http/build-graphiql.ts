import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { GRAPHIQL_DIR } from './built.ts';
import { GRAPHIQL_TABS } from './graphiql-tabs.ts';
import { GRAPHIQL_FILES_PATH } from './paths.ts';

/** What the package holds: its page is one of 9 MB with everything inline, so it is taken apart here. */
interface Parts {
  js: string;
  css: string;
  favicon: string;
  editorWorkerService: string;
  jsonWorker: string;
  graphqlWorker: string;
}

/** The package moves its tabs while they are pressed: away from under the mouse, so that no click comes of it. */
const STILL_TABS = '\n.graphiql-tab { transform: none !important }\n';

/**
 * A WebSocket that is closed for want of a valid token says so at once. The package would try again,
 * for the better part of a minute, and then show an event of which nothing can be read.
 */
const PLAIN_REFUSALS = `self.WebSocket = class extends WebSocket {
  get onclose() {
    return super.onclose;
  }
  set onclose(tell) {
    super.onclose = (event) => tell(event.code === 4403 ? Object.assign(new Error(event.reason), { stack: undefined }) : event);
  }
};
`;

/** Less than the highest: a third of the time, for a twentieth more bytes. */
const BROTLI_QUALITY = 9;

/**
 * Writes the page of GraphiQL and the files that it loads to a folder, each of them compressed as
 * well. The names of files hold a hash of what is in them, so that browsers may keep them for good.
 */
export async function buildGraphiql(dir: string): Promise<void> {
  // Beside the entry of the package, which itself gives the whole page only.
  const inside = new URL('graphiql.js', import.meta.resolve('@graphql-yoga/render-graphiql'));
  const parts: Parts = await import(inside.href);
  const aside = `${dir}.${process.pid}`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const write = async (name: string, content: string | Buffer) => {
    await writeCompressed(join(aside, name), content);
    return `${GRAPHIQL_FILES_PATH}/${name}`;
  };
  const hashed = (name: string, content: string | Buffer) => write(withHash(name, content), content);
  const [icon, style, script, editorWorkerService, json, graphql] = await Promise.all([
    hashed('favicon.ico', Buffer.from(parts.favicon.slice(parts.favicon.indexOf(',') + 1), 'base64')),
    hashed('graphiql.css', parts.css + STILL_TABS),
    hashed('graphiql.js', PLAIN_REFUSALS + parts.js),
    hashed('editor-worker.js', parts.editorWorkerService),
    hashed('json-worker.js', parts.jsonWorker),
    hashed('graphql-worker.js', parts.graphqlWorker),
  ]);
  const start = await hashed('start.js', startScript({ editorWorkerService, json, graphql }));
  await write('index.html', page({ icon, style, scripts: [script, start] }));
  await rm(dir, { recursive: true, force: true });
  await rename(aside, dir);
}

/**
 * `workers`: the addresses of Monaco's, the editor, by their labels. What stands in the headers editor
 * goes with every HTTP request by itself, and with a WebSocket only by this: a browser sends no headers
 * with one. It is kept nowhere, as there may be a token in it, unless the package is told to.
 */
function startScript(workers: Record<string, string>): string {
  const options = {
    title: 'Showrunner GraphiQL',
    subscriptionsProtocol: 'WS',
    shouldPersistHeaders: false,
    defaultTabs: GRAPHIQL_TABS.map((query) => ({ query })),
  };
  return `const workers = ${JSON.stringify(workers)};
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => workers[label] };
let headers = '';
const authorization = () => {
  try {
    return Object.entries(JSON.parse(headers)).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  } catch {
    return undefined;
  }
};
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  ...${JSON.stringify(options)},
  onEditHeaders: (text) => {
    headers = text;
  },
  connectionParams: () => ({ authorization: authorization() }),
});
`;
}

function page({ icon, style, scripts }: { icon: string; style: string; scripts: string[] }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Showrunner GraphiQL</title>
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="${style}" />
    ${scripts.map((src) => `<script defer src="${src}"></script>`).join('\n    ')}
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}

function withHash(name: string, content: string | Buffer): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}

async function writeCompressed(path: string, content: string | Buffer): Promise<void> {
  const [gzipped, brotlied] = await Promise.all([
    promisify(gzip)(content, { level: 9 }),
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  ]);
  await writeFile(path, content);
  await writeFile(`${path}.gz`, gzipped);
  await writeFile(`${path}.br`, brotlied);
}

if (import.meta.main) {
  await buildGraphiql(GRAPHIQL_DIR);
}
