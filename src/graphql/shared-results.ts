import { createHash } from 'node:crypto';
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, Kind, visit } from 'graphql';
import type { Context } from './context.ts';

/** One result, as those who share it wait for it. */
interface Shared {
  made: Promise<ExecutionResult>;
  /** The same with its text, once a second one asks. */
  written?: Promise<ExecutionResult>;
}

/** The results of each event, by what was asked of it. They go with the event. */
const results = new WeakMap<object, Map<string, Shared>>();
/** What results are in JSON, in UTF-8, for those that several are given. */
const texts = new WeakMap<object, Buffer>();

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
 * The result of an event: made once for all who ask the same of the same event at about the same
 * time, as they then are given one object. As every subscriber comes by here for every event, all
 * but the first are given one promise, too.
 */
export function shareResult(
  event: unknown,
  key: string | undefined,
  run: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  if (key === undefined || typeof event !== 'object' || event === null) {
    return run();
  }
  const ofEvent = results.get(event) ?? new Map<string, Shared>();
  results.set(event, ofEvent);
  const shared = ofEvent.get(key);
  if (shared === undefined) {
    const made = run();
    ofEvent.set(key, { made });
    return made;
  }
  shared.written ??= shared.made.then(write);
  return shared.written;
}

/** One with errors is left out: each client is told of them in its own language, with its request's id. */
function write(result: ExecutionResult): ExecutionResult {
  if (result.errors === undefined) {
    texts.set(result, Buffer.from(JSON.stringify(result)));
  }
  return result;
}

/** A result in JSON, in UTF-8, where that is known already, as others were given it, too. */
export function sharedText(result: object): Buffer | undefined {
  return texts.get(result);
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
