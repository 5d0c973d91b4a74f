import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { openBrowser } from '../helpers/browser.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../helpers/server.ts';

/** A browser and a server for all tests of a file. */
export interface Scene {
  readonly browser: Browser;
  readonly server: TestServer;
}

/** Starts a browser and a server before the tests of a file, and ends them afterwards. To be called once, outside of tests. */
export function setScene(options: TestServerOptions = {}): Scene {
  let browser: (Browser & AsyncDisposable) | undefined;
  let server: TestServer | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
    server = await startTestServer(options);
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });
  return {
    get browser() {
      return started(browser);
    },
    get server() {
      return started(server);
    },
  };
}

function started<T>(thing: T | undefined): T {
  if (thing === undefined) {
    throw new Error('used before the tests have begun');
  }
  return thing;
}

/** A page in a context of its own. Disposing of it closes it, and fails where something broke in it. */
export interface TestPage extends AsyncDisposable {
  readonly page: Page;
}

/** Opens an address in a browser context of its own: English, at desktop size, unless told otherwise. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<TestPage> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('console', (message) => {
    // What the Content-Security-Policy forbids, and what React or Apollo warn of.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      broken.push(message.text());
    }
  });
  await page.goto(url);
  return {
    page,
    async [Symbol.asyncDispose]() {
      await context.close();
      const real = broken.filter((text) => !/WebSocket connection to .* failed|ERR_CONNECTION/.test(text));
      expect(real, 'errors in the page').toEqual([]);
    },
  };
}

/** Holds a page against the rules of axe-core, those of WCAG 2.2 AA and of best practice. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
  expect(found).toEqual([]);
}

/** The numbers of a batch as its page shows them. */
export async function shownCounts(page: Page): Promise<Record<string, string>> {
  const groups = ['completed', 'running', 'waiting', 'failed', 'cancelled'];
  const texts = await Promise.all(groups.map((group) => page.getByTestId(`count-${group}`).innerText()));
  return Object.fromEntries(groups.map((group, at) => [group, texts[at] ?? '']));
}
