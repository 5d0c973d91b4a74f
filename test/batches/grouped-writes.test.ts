import { expect, test } from 'vitest';
import { GroupedWrites } from '../../src/batches/grouped-writes.ts';

interface Item {
  group: string;
  subject: string;
}

const item = (group: string, subject: string): Item => ({ group, subject });

/** A writer whose writes end when they are told to. */
function openWriter() {
  const writes: { names: string[]; end: PromiseWithResolvers<void> }[] = [];
  const writer = new GroupedWrites<Item, string>({
    groupOf: ({ group }) => group,
    subjectOf: ({ subject }) => subject,
    async write(items) {
      const end = Promise.withResolvers<void>();
      writes.push({ names: items.map(({ subject }) => subject), end });
      await end.promise;
      return ({ subject }) => `${subject} is written`;
    },
  });
  return { writer, writes, names: () => writes.map(({ names }) => names) };
}

test('what comes while a write is under way goes together, and each has its own result', async () => {
  const { writer, writes, names } = openWriter();
  const results = ['a', 'b', 'c'].map((subject) => writer.write(item('g', subject)));
  expect(names()).toEqual([['a']]);
  writes[0]?.end.resolve();
  expect(await results[0]).toBe('a is written');
  await expect.poll(names).toEqual([['a'], ['b', 'c']]);
  writes[1]?.end.resolve();
  expect(await Promise.all(results)).toEqual(['a is written', 'b is written', 'c is written']);
  void writer.write(item('g', 'd'));
  expect(names()).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('groups do not wait for each other', () => {
  const { writer, names } = openWriter();
  void writer.write(item('one', 'a'));
  void writer.write(item('other', 'b'));
  expect(names()).toEqual([['a'], ['b']]);
});

test('two writes of one subject are never in one, and stay in their order', async () => {
  const { writer, writes, names } = openWriter();
  for (const subject of ['a', 'b', 'b', 'c', 'b']) {
    void writer.write(item('g', subject));
  }
  for (const [index, expected] of [['a'], ['b', 'c'], ['b'], ['b']].entries()) {
    await expect.poll(() => names()[index]).toEqual(expected);
    writes[index]?.end.resolve();
  }
});

test('of writes that fail together each is tried by itself, and only what is wrong fails', async () => {
  const { writer, writes, names } = openWriter();
  const first = writer.write(item('g', 'a'));
  const others = Promise.allSettled(['b', 'c'].map((subject) => writer.write(item('g', subject))));
  writes[0]?.end.resolve();
  await first;
  await expect.poll(names).toEqual([['a'], ['b', 'c']]);
  writes[1]?.end.reject(new Error('one of them'));
  await expect.poll(names).toEqual([['a'], ['b', 'c'], ['b'], ['c']]);
  writes[2]?.end.reject(new Error('b cannot be written'));
  writes[3]?.end.resolve();
  expect(await others).toEqual([
    { status: 'rejected', reason: new Error('b cannot be written') },
    { status: 'fulfilled', value: 'c is written' },
  ]);
  const next = writer.write(item('g', 'd'));
  await expect.poll(names).toHaveLength(5);
  writes[4]?.end.resolve();
  expect(await next).toBe('d is written');
});
