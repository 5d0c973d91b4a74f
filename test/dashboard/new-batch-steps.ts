import type { Page } from 'playwright-core';
import type { TestServer } from '../helpers/server.ts';

/** A file to be chosen. */
export interface ChosenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A text file with this content. */
export function file(name: string, content: string | Buffer): ChosenFile {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(content) };
}

/** Opens an address of the page and waits until the draft is there. */
export async function openNew(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/new`);
  await nameField(page).waitFor();
}

/** The field with the name of the batch. */
export function nameField(page: Page) {
  return page.getByLabel('Name of the batch');
}

/** The button that creates the batch. */
export function createButton(page: Page) {
  return page.getByRole('button', { name: /^(Create batch|Creating…)$/ });
}

/** The field with the text that is open. */
export function contentField(page: Page) {
  return page.getByLabel('Text', { exact: true });
}

/** Chooses files with the button for that, and waits until they are in the list. */
export async function choose(page: Page, files: readonly ChosenFile[]): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files' }).click();
  await (await choosing).setFiles([...files]);
  await page.getByTestId('report').waitFor();
}

/** Files and folders of this machine on their way over the page, as the browser's window has them. */
export interface Drag {
  drop(): Promise<unknown>;
  /** Out of the window. */
  leave(): Promise<unknown>;
}

/** Drags files and folders over the page, and waits until it says that it takes them. */
export async function drag(page: Page, paths: readonly string[]): Promise<Drag> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const send = (type: 'dragEnter' | 'dragOver' | 'drop', x: number, y: number) =>
    session.send('Input.dispatchDragEvent', { type, x, y, data });
  await send('dragEnter', 600, 400);
  await send('dragOver', 600, 400);
  await page.getByTestId('drop').waitFor();
  return {
    drop: () => send('drop', 600, 400),
    leave: () => send('dragOver', -10, -10),
  };
}

/** The batches that the server has, the oldest first. */
export async function batchesOf(server: TestServer, name: string): Promise<{ id: string; projects: string[] }[]> {
  const rows = await server.testDatabase.sql(
    `SELECT b.id, array_agg(p.name ORDER BY p.position) AS projects
       FROM batches b JOIN projects p ON p.batch_id = b.id WHERE b.name = $1 GROUP BY b.id ORDER BY b.id`,
    [name],
  );
  return rows.map(({ id, projects }) => ({ id: String(id), projects: [projects].flat().map(String) }));
}

/** Cuts the connection once: after the server has made the batch, before its answer has come. */
export async function loseNextAnswer(page: Page): Promise<void> {
  let isLost = false;
  await page.route('**/graphql', async (route) => {
    if (isLost || route.request().postData()?.includes('mutation CreateBatch') !== true) {
      return route.continue();
    }
    isLost = true;
    await route.fetch();
    await route.abort('connectionreset');
  });
}
