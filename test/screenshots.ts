import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { request } from '../src/cli/client.ts';
import { parseConfig } from '../src/config.ts';
import { graphql } from '../src/generated/gql/gql.ts';
import type { CreateProjectInput } from '../src/generated/gql/graphql.ts';
import { createLog } from '../src/log.ts';
import { startService } from '../src/main.ts';
import { openBrowser } from './helpers/browser.ts';
import { createTestFolder } from './helpers/process.ts';

/**
 * Takes pictures of the dashboard while it shows real work: every view, at desktop and phone width,
 * light and dark, into src/generated/screenshots; those that the README shows are put where it has them.
 */
const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'src/generated/screenshots');
const README_FOLDER = join(ROOT, 'src/dashboard/screenshots');
const README_PICTURES = ['batch-desktop-light.png', 'batch-desktop-dark.png'];
const DESKTOP = { viewport: { width: 1280, height: 860 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const MANNERS: Record<string, BrowserContextOptions> = {
  'desktop-light': { ...DESKTOP, colorScheme: 'light' },
  'desktop-dark': { ...DESKTOP, colorScheme: 'dark' },
  'phone-light': { ...PHONE, colorScheme: 'light' },
  'phone-dark-zh': { ...PHONE, colorScheme: 'dark', locale: 'zh-TW' },
};

const Create = graphql(`
  mutation CreateForScreenshots($input: CreateBatchInput!) {
    createBatch(input: $input) {
      __typename
      ... on CreateBatchSuccess {
        batch {
          id
          projects(first: 3) {
            nodes {
              id
            }
          }
        }
      }
    }
  }
`);
const Pause = graphql(`
  mutation PauseForScreenshots($batchId: ID!) {
    pauseBatch(input: { batchId: $batchId }) {
      __typename
    }
  }
`);

/** Fonts that come with the packages, so that the pictures are the same on every machine. */
async function writeFontConfig(folder: string): Promise<string> {
  const dirs = ['noto-sans', 'noto-sans-tc'].map((name) => join(ROOT, 'node_modules/@expo-google-fonts', name));
  const path = join(folder, 'fonts.conf');
  await writeFile(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
      ${dirs.map((dir) => `<dir>${dir}</dir>`).join('')}<cachedir>${join(folder, 'fonts')}</cachedir>
      <alias><family>system-ui</family><prefer><family>Noto Sans</family><family>Noto Sans TC</family></prefer></alias>
      <alias><family>sans-serif</family><prefer><family>Noto Sans</family><family>Noto Sans TC</family></prefer></alias>
    </fontconfig>`,
  );
  return path;
}

async function readExamples(): Promise<CreateProjectInput[]> {
  const names = (await readdir(join(ROOT, 'examples'))).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: parse(name).name,
      content: (await readFile(join(ROOT, 'examples', name), 'utf8')).trim(),
    })),
  );
}

async function create(url: string, name: string, projects: CreateProjectInput[]) {
  const { createBatch } = await request({ url }, Create, { input: { name, projects } });
  if (createBatch.__typename !== 'CreateBatchSuccess') {
    throw new Error(`no batch: ${createBatch.__typename}`);
  }
  return createBatch.batch;
}

/** So many projects, made of the examples; the fourth has a text without words, which fails. */
function series(examples: readonly CreateProjectInput[], count: number): CreateProjectInput[] {
  return Array.from({ length: count }, (_, at) => {
    const { name, content } = examples[at % examples.length] ?? { name: '', content: '' };
    return { name: `${at + 1}. ${name}`, content: at === 3 ? ' '.repeat(600) : content };
  });
}

async function shoot(browser: Browser, url: string, name: string, ready: (page: Page) => Promise<unknown>) {
  for (const [manner, options] of Object.entries(MANNERS)) {
    const context = await browser.newContext({ locale: 'en-US', timezoneId: 'UTC', ...options });
    const page = await context.newPage();
    await page.goto(url);
    await ready(page);
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(FOLDER, `${name}-${manner}.png`) });
    await context.close();
  }
}

await using folder = await createTestFolder();
await mkdir(FOLDER, { recursive: true });
await mkdir(README_FOLDER, { recursive: true });
const config = parseConfig({ PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn', WORKER_CONCURRENCY: '2' });
await using service = await startService(config, createLog(config.logLevel));
await using browser = await openBrowser({ FONTCONFIG_FILE: await writeFontConfig(folder.path) });
const url = String(service.url);
const api = `${url}/graphql`;
const examples = await readExamples();

const ended = await create(api, 'Lighthouse stories', series(examples, 6));
await using watching = await browser.newContext();
const watcher = await watching.newPage();
await watcher.goto(`${url}/batches/${ended.id}`);
await watcher.getByText('Every project has ended.').waitFor({ timeout: 120_000 });
const paused = await create(api, 'Poems for the road', series(examples, 12));
await request({ url: api }, Pause, { batchId: paused.id });
const running = await create(api, 'A question a day', series(examples, 120));
await watcher.goto(`${url}/batches/${running.id}`);
await watcher.waitForFunction(
  () => Number(document.querySelector('[data-testid="count-completed"]')?.textContent) >= 10,
  undefined,
  { timeout: 120_000 },
);

const table = (page: Page) => page.locator('tr[data-project]').first().waitFor();
await shoot(browser, `${url}/batches/${running.id}`, 'batch', table);
await shoot(browser, url, 'batches', (page) => page.locator('tr[data-batch]').first().waitFor());
await shoot(browser, `${url}/batches/${running.id}?tab=pace`, 'pace', (page) =>
  page.locator('svg[role="img"]').waitFor(),
);
await shoot(browser, `${url}/batches/${running.id}?tab=history&events=all`, 'history', (page) =>
  page.getByRole('tabpanel').waitFor(),
);
const [first] = ended.projects.nodes;
await shoot(browser, `${url}/batches/${ended.id}/projects/${first?.id}`, 'project', (page) =>
  page.locator('video').waitFor(),
);
await shoot(browser, `${url}/new`, 'new', async (page) => {
  const files = examples.map(({ name, content }) => ({
    name: `${name}.txt`,
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  }));
  await page.locator('input[type="file"]').setInputFiles(files);
});
for (const name of README_PICTURES) {
  await copyFile(join(FOLDER, name), join(README_FOLDER, name));
}
process.stdout.write(`The pictures are in ${FOLDER}, those of the README in ${README_FOLDER}\n`);
