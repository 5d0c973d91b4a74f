import { expect, test, vi } from 'vitest';
import { Mailbox } from '../../src/feed/mailbox.ts';

function mailboxOf(values: number[]) {
  const source = {
    get isEmpty() {
      return values.length === 0;
    },
    open: vi.fn(),
    take: () => values.shift(),
    close: vi.fn(),
  };
  return { source, mailbox: new Mailbox<number>(source) };
}

const END = { done: true, value: undefined };

test('values go to those who wait in the order in which they asked', async () => {
  const values: number[] = [];
  const { mailbox } = mailboxOf(values);
  const asked = Promise.all([mailbox.next(), mailbox.next(), mailbox.next()]);
  values.push(1, 2);
  mailbox.wake();
  values.push(3);
  mailbox.wake();
  expect((await asked).map(({ value }) => value)).toEqual([1, 2, 3]);
});

test('the source is opened by the first next(), and only by that', async () => {
  const { mailbox, source } = mailboxOf([1, 2]);
  expect(source.open).not.toHaveBeenCalled();
  await mailbox.next();
  await mailbox.next();
  expect(source.open).toHaveBeenCalledOnce();
});

test('return() ends every next() that waits, and closes the source once', async () => {
  const { mailbox, source } = mailboxOf([]);
  const asked = [mailbox.next(), mailbox.next()];
  expect(await mailbox.return()).toEqual(END);
  expect(await Promise.all(asked)).toEqual([END, END]);
  expect(await mailbox.return()).toEqual(END);
  expect(await mailbox.next()).toEqual(END);
  expect(source.close).toHaveBeenCalledOnce();
});

test('return() before the first next() never opens the source', async () => {
  const { mailbox, source } = mailboxOf([1]);
  await mailbox.return();
  expect(await mailbox.next()).toEqual(END);
  expect(source.open).not.toHaveBeenCalled();
});

test('throw() rejects with what was thrown, and closes', async () => {
  const { mailbox, source } = mailboxOf([1]);
  const asked = mailbox.throw(new Error('no more'));
  await expect(asked).rejects.toThrow('no more');
  expect(source.close).toHaveBeenCalledOnce();
  expect(await mailbox.next()).toEqual(END);
});

test('an end comes after what is left, and closes with the last value', async () => {
  const { mailbox, source } = mailboxOf([1, 2]);
  mailbox.end();
  expect(source.close).not.toHaveBeenCalled();
  await mailbox.next();
  expect(await mailbox.next()).toEqual({ done: false, value: 2 });
  expect(source.close).toHaveBeenCalledOnce();
  expect(await mailbox.next()).toEqual(END);
});

test('an error comes after what is left, and once', async () => {
  const { mailbox, source } = mailboxOf([1]);
  mailbox.end(new Error('gone'));
  expect(await mailbox.next()).toEqual({ done: false, value: 1 });
  expect(source.close).toHaveBeenCalledOnce();
  await expect(mailbox.next()).rejects.toThrow('gone');
  expect(await mailbox.next()).toEqual(END);
});

test('an error meets the first who waits; the others are at the end', async () => {
  const { mailbox } = mailboxOf([]);
  const asked = [mailbox.next(), mailbox.next()];
  mailbox.end(new Error('gone'));
  await expect(asked[0]).rejects.toThrow('gone');
  expect(await asked[1]).toEqual(END);
});
