import { createHash } from 'node:crypto';
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, Kind, visit } from 'graphql';
import type { Context } from './context.ts';

/** How the result of an event is made, and who is given the same. */
export interface ResultMaking {
  /** What stands for all that decides on it; undefined where nobody else is given it. */
  shareKey: string | undefined;
  run: (event: unknown) => Promise<ExecutionResult>;
}

/** Whom the result of an event is given to, or why there is none. Neither of them throws. */
export interface ResultWaiter {
  made(result: ExecutionResult): void;
  fail(error: unknown): void;
}

/** So long a result is given to those who come later: the slow ones, and those who subscribe at the same time. */
const SHARED_MS = 1_000;
/** So many different ones of one event are kept for others; what is beyond that is made for each. */
const SHARED_MAX = 50;

/** The results of each event, by what was asked of it. */
const results = new WeakMap<object, Map<string, SharedResult>>();
/** What results are in JSON, in UTF-8. */
const texts = new WeakMap<ExecutionResult, Buffer>();

/**
 * What stands for all that decides on what is made of an event: the document, its variables, and who
 * asks, in which language. The same for all whose result is the same. Where a subscription goes on
 * from is left out, unless it is asked for elsewhere, too. Undefined where it can't be told.
 */
export function shareKey(
  { document, operationName, variableValues }: ExecutionArgs,
  { principal, locale }: Context,
): string | undefined {
  const text = document.loc?.source.body;
  if (text === undefined) {
    return undefined;
  }
  const start = startVariable(document);
  const variables = Object.entries(variableValues ?? {})
    .filter(([name]) => name !== start)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const parts = [text, operationName ?? null, variables, principal.id, principal.subject, principal.role, locale];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

/**
 * Tells the result of an event: made once for all who ask the same of the same event at about the
 * same time, as they then are given one object.
 */
export function shareResult(event: unknown, { shareKey: key, run }: ResultMaking, waiter: ResultWaiter): void {
  if (key === undefined || typeof event !== 'object' || event === null) {
    new SharedResult(run(event)).ask(waiter);
    return;
  }
  const ofEvent = results.get(event) ?? new Map<string, SharedResult>();
  results.set(event, ofEvent);
  const shared = ofEvent.get(key) ?? new SharedResult(run(event));
  if (!ofEvent.has(key) && ofEvent.size < SHARED_MAX) {
    share(shared, key, ofEvent);
  }
  shared.ask(waiter);
}

/**
 * Keeps a result for others, and not for long: an event may live for as long as its batch is watched,
 * and what is asked of it may be large, or be of the moment. A failure is for those who wait for it.
 */
function share(shared: SharedResult, key: string, ofEvent: Map<string, SharedResult>): void {
  const forget = () => void ofEvent.delete(key);
  ofEvent.set(key, shared);
  shared.ask({
    made(result) {
      if (result.errors === undefined) {
        setTimeout(forget, SHARED_MS).unref();
      } else {
        forget();
      }
    },
    fail: forget,
  });
}

/**
 * One result, and those who wait for it. They are told one right after the other, each with all that
 * it comes to: by a promise each, the next step would begin for all of them before it ends for one.
 */
class SharedResult {
  readonly #result: Promise<ExecutionResult>;
  readonly #waiting: ResultWaiter[] = [];

  constructor(result: Promise<ExecutionResult>) {
    this.#result = result;
  }

  ask(waiter: ResultWaiter): void {
    this.#waiting.push(waiter);
    if (this.#waiting.length === 1) {
      this.#result.then(
        (result) => {
          for (const each of this.#waiting.splice(0)) {
            each.made(result);
          }
        },
        (error) => {
          for (const each of this.#waiting.splice(0)) {
            each.fail(error);
          }
        },
      );
    }
  }
}

/**
 * A result in JSON, in UTF-8, which is written once for all who are given it. Undefined for one with
 * errors: each client is told of them in its own language, with its request's id.
 */
export function textOf(result: ExecutionResult): Buffer | undefined {
  if (result.errors !== undefined) {
    return undefined;
  }
  const text = texts.get(result) ?? Buffer.from(JSON.stringify(result));
  texts.set(result, text);
  return text;
}

/** The variable that a subscription goes on from, where it is used for that alone. */
function startVariable(document: DocumentNode): string | undefined {
  const uses = new Map<string, number>();
  let start: string | undefined;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name: { value } }) => void uses.set(value, (uses.get(value) ?? 0) + 1),
    Field({ name, arguments: args }) {
      const after = args?.find((argument) => argument.name.value === 'after')?.value;
      if (name.value === 'batchProgress' && after?.kind === Kind.VARIABLE) {
        start = after.name.value;
      }
    },
  });
  return start !== undefined && uses.get(start) === 1 ? start : undefined;
}
