import type { Plugin } from 'graphql-yoga';
import { byPreference, isUtf8 } from './header-values.ts';
import { httpError } from './send-error.ts';

/** The answer can be given in none of the forms that the client takes. */
const NOT_ACCEPTABLE = 'NOT_ACCEPTABLE';

const ANY = '*/*';
const EVENT_STREAM = 'text/event-stream';
const JSON_FORMS = ['application/graphql-response+json', 'application/json'];
/** What a single result can be sent as. */
const FORMS = [...JSON_FORMS, EVENT_STREAM, 'multipart/mixed'];

/**
 * Answers in the form that the client likes best, by the weights of its Accept header. Where it takes
 * none that there is, it is told so before anything runs: a mutation would have its effect, and a
 * subscription would stay open for ever with nobody to read it.
 */
export function useAcceptable(): Plugin {
  return {
    onRequestParse({ request }) {
      const asked = request.headers.get('accept') ?? ANY;
      if (asked === ANY) {
        return;
      }
      // Nothing is sent in another charset.
      const ranges = byPreference(asked || ANY).filter(isUtf8);
      // Yoga goes by their order alone.
      request.headers.set('accept', ranges.map(({ value }) => value).join());
      if (!takes(request, FORMS)) {
        throw refusal(request, `The answer can be ${FORMS.join(', ')}: Accept asks for none of these.`);
      }
    },
    onSubscribe({ args: { contextValue } }) {
      // Over a WebSocket there is no request.
      const request: Request | undefined = contextValue.request;
      if (request !== undefined && !takes(request, [EVENT_STREAM])) {
        throw refusal(request, `Subscribe with Accept: ${EVENT_STREAM}, or over a WebSocket.`);
      }
    },
  };
}

/** It is told as JSON, also to those that did not ask for that. */
function refusal(request: Request, message: string) {
  if (!takes(request, JSON_FORMS)) {
    request.headers.set('accept', 'application/json');
  }
  return httpError(406, NOT_ACCEPTABLE, message);
}

/** Whether a client takes one of these forms at least. */
function takes({ headers }: Request, forms: readonly string[]): boolean {
  const ranges = byPreference(headers.get('accept') ?? ANY).map(({ value }) => value.toLowerCase());
  return forms.some((form) =>
    ranges.some(
      (range) => range === form || range === '*/*' || (range.endsWith('/*') && form.startsWith(range.slice(0, -1))),
    ),
  );
}
