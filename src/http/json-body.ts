import type { IncomingMessage } from 'node:http';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { TopLevelCode } from '../graphql/index.ts';
import { isUtf8, parseHeaderValue } from './header-values.ts';
import { hasMoreValues } from './json-values.ts';
import { httpError } from './send-error.ts';

/** The body of a request is larger than the server is configured to take. */
export const PAYLOAD_TOO_LARGE = 'PAYLOAD_TOO_LARGE';
/** The body of a request is not JSON by its content-type. */
export const UNSUPPORTED_MEDIA_TYPE = 'UNSUPPORTED_MEDIA_TYPE';

const JSON_TYPES = ['application/json', 'application/graphql+json'];

/** Throws for what is no UTF-8, rather than to take something else for what was sent. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads what is POSTed, as JSON, up to so many bytes and values. Nothing but JSON is taken, as a browser
 * sends other kinds for any web page, without asking this server first.
 */
export function useJsonBody({
  maxBytes,
  maxValues,
}: {
  maxBytes: number;
  maxValues: number;
}): Plugin<object, { req: IncomingMessage }> {
  return {
    onRequestParse({ request, serverContext: { req }, setRequestParser }) {
      if (request.method !== 'POST') {
        return;
      }
      const type = parseHeaderValue(request.headers.get('content-type') ?? '');
      if (!JSON_TYPES.includes(type.value.toLowerCase()) || !isUtf8(type)) {
        throw httpError(415, UNSUPPORTED_MEDIA_TYPE, 'Send JSON in UTF-8, with content-type: application/json.');
      }
      setRequestParser(async () => parseJson(await readBody(req, maxBytes), maxValues));
    },
  };
}

/** From Node's own request: to read it as a web stream takes several times as long as all else that is done with a body. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = `The body of a request may have at most ${maxBytes} bytes.`;
  if (Number(request.headers['content-length']) > maxBytes) {
    throw httpError(413, PAYLOAD_TOO_LARGE, tooLarge);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  const { promise: read, resolve, reject } = Promise.withResolvers<void>();
  request.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    // Read to its end in any case: a client that is cut off while it sends sees no answer.
    if (size <= maxBytes) {
      chunks.push(chunk);
    }
  });
  request.once('end', resolve);
  // An error is made only where there is one: that takes longer than to read a body.
  const whenClosed = () => {
    if (!request.readableEnded) {
      reject(badRequest('The body of the request was cut off.'));
    }
  };
  request.once('error', whenClosed);
  request.once('close', whenClosed);
  if (request.destroyed) {
    whenClosed();
  }
  await read;
  if (size > maxBytes) {
    throw httpError(413, PAYLOAD_TOO_LARGE, tooLarge);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer, maxValues: number): GraphQLParams {
  if (hasMoreValues(body, maxValues)) {
    throw httpError(413, PAYLOAD_TOO_LARGE, `The body of a request may have at most ${maxValues} values in it.`);
  }
  let params: unknown;
  try {
    params = JSON.parse(UTF8.decode(body));
  } catch {
    throw badRequest('The body is not JSON in UTF-8.');
  }
  if (Array.isArray(params)) {
    throw badRequest('Batched requests are not supported: send one operation per request.');
  }
  if (!isParams(params)) {
    throw badRequest('The body must be one JSON object with a query in it.');
  }
  return params;
}

/** Whatever else there is in it is checked further on; in place of a query there may be the id of one. */
function isParams(value: unknown): value is GraphQLParams {
  return (
    typeof value === 'object' &&
    value !== null &&
    (!('query' in value) || value.query === null || typeof value.query === 'string')
  );
}

function badRequest(message: string) {
  return httpError(400, TopLevelCode.badRequest, message);
}
