import { expect, test } from 'vitest';
import { EventLog, type EventPage, type PageWanted } from '../../src/dashboard/history/event-log.ts';

/** A history of numbers, as a service has it. */
class History {
  readonly events: number[] = [];
  readonly asked: PageWanted[] = [];
  /** What the next answers wait for. */
  gate: Promise<void> = Promise.resolve();
  isBroken = false;

  add(count: number): void {
    for (let each = 0; each < count; each++) {
      this.events.push(this.events.length);
    }
  }

  readonly read = async (page: PageWanted): Promise<EventPage<number>> => {
    this.asked.push(page);
    await this.gate;
    if (this.isBroken) {
      throw new Error('refused');
    }
    const [start, end] = [this.events[0] ?? 0, (this.events.at(-1) ?? -1) + 1];
    const place = (cursor: string | null, otherwise: number) => (cursor === null ? otherwise : Number(cursor));
    const [from, to] =
      'first' in page
        ? [place(page.after, start - 1) + 1, Math.min(end, place(page.after, start - 1) + 1 + page.first)]
        : [Math.max(start, place(page.before, end) - page.last), place(page.before, end)];
    return {
      edges: this.events.slice(from - start, to - start).map((node) => ({ node, cursor: String(node) })),
      pageInfo: { hasPreviousPage: from > start, hasNextPage: to < end },
    };
  };
}

const shown = (log: EventLog<number>) => log.get().events.map(({ node }) => node);
/** From a number down to another, as a log has them. */
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => from - at);

test('a log reads the newest first, and goes back page by page up to the beginning', async () => {
  const history = new History();
  history.add(170);
  const log = new EventLog(history.read, 50);
  expect(log.get()).toMatchObject({ isRead: false, hasOlder: false });
  await log.catchUp();
  expect(shown(log)).toEqual(down(169, 120));
  expect(log.get().hasOlder).toBe(true);
  await log.loadOlder();
  expect(shown(log)).toEqual(down(169, 20));
  await log.loadOlder();
  expect(shown(log)).toEqual(down(169, 0));
  expect(log.get().hasOlder).toBe(false);
  await log.loadOlder();
  expect(history.asked).toHaveLength(3);
});

test('what is new is read to its end, however many pages it has', async () => {
  const history = new History();
  history.add(10);
  const log = new EventLog(history.read, 50);
  await log.catchUp();
  history.add(250);
  await log.catchUp();
  expect(shown(log)).toEqual(down(259, 0));
  expect(history.asked).toHaveLength(4);
});

test('a call while the log catches up makes it look once more, however often it is called', async () => {
  const history = new History();
  history.add(3);
  const log = new EventLog(history.read, 50);
  const opened = Promise.withResolvers<void>();
  history.gate = opened.promise;
  const caughtUp = log.catchUp();
  for (let each = 0; each < 5; each++) {
    void log.catchUp();
  }
  opened.resolve();
  await caughtUp;
  expect(history.asked).toHaveLength(2);
  expect(shown(log)).toEqual([2, 1, 0]);
});

test('new events and older pages that come at the same time leave no gap and no repeat', async () => {
  const history = new History();
  history.add(300);
  const log = new EventLog(history.read, 20);
  await log.catchUp();
  for (let round = 0; round < 6; round++) {
    history.add(37);
    await Promise.all([log.loadOlder(), log.catchUp(), log.loadOlder()]);
  }
  expect(shown(log)).toEqual(down(history.events.length - 1, 0));
});

test('a history that had nothing at first is read from its beginning', async () => {
  const history = new History();
  const log = new EventLog(history.read, 50);
  await log.catchUp();
  expect(log.get()).toMatchObject({ events: [], isRead: true, hasOlder: false });
  history.add(2);
  await log.catchUp();
  expect(shown(log)).toEqual([1, 0]);
});

test('a log whose reading is refused says so, keeps what it has, and goes on when it is asked again', async () => {
  const history = new History();
  history.add(60);
  const log = new EventLog(history.read, 50);
  history.isBroken = true;
  await log.catchUp();
  expect(log.get()).toMatchObject({ hasFailed: true, isRead: false });
  history.isBroken = false;
  await log.catchUp();
  expect(log.get()).toMatchObject({ hasFailed: false, isRead: true });
  history.isBroken = true;
  await log.loadOlder();
  expect(log.get()).toMatchObject({ hasFailed: true, isLoadingOlder: false });
  expect(shown(log)).toEqual(down(59, 10));
  history.isBroken = false;
  await log.loadOlder();
  expect(log.get().hasFailed).toBe(false);
  expect(shown(log)).toEqual(down(59, 0));
});

test('listeners hear of each change until they leave', async () => {
  const history = new History();
  history.add(1);
  const log = new EventLog(history.read, 50);
  let heard = 0;
  const leave = log.listen(() => {
    heard += 1;
  });
  await log.catchUp();
  expect(heard).toBeGreaterThan(0);
  const before = heard;
  leave();
  history.add(1);
  await log.catchUp();
  expect(heard).toBe(before);
});
