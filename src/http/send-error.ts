import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { z } from 'zod';
import { TopLevelCode } from '../graphql/index.ts';
import { sendJson } from './send-json.ts';

/** What an error says to HTTP, in its extensions. It is not for clients. */
const Http = z.object({ status: z.int(), headers: z.record(z.string(), z.string()).default({}) });

const GRAPHQL_TYPE = 'application/graphql-response+json';

/** As over HTTP, so over WebSocket: with a code in any case, and without what is for HTTP only. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, code = TopLevelCode.badRequest, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions: { ...extensions, code } };
}

/**
 * Answers with an error in place of a result, with the status and the headers that it asks for; in the
 * media type of GraphQL over HTTP to those who know it.
 */
export function sendError(
  { headers: { accept } }: IncomingMessage,
  response: ServerResponse,
  error: GraphQLError,
): void {
  const { status, headers } = httpOf(error);
  response.setHeaders(new Map(Object.entries(headers)));
  sendJson(response, status, bodyOf(error), accept?.includes(GRAPHQL_TYPE) === true ? GRAPHQL_TYPE : undefined);
}

/** The answer to a request to open a WebSocket that is refused, as it goes over the wire. */
export function refusalOf(error: GraphQLError): string {
  const { status, headers } = httpOf(error);
  const body = JSON.stringify(bodyOf(error));
  const fields = {
    ...headers,
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines.join('')}\r\n${body}`;
}

/** A refusal that both of these can send. */
export function httpError(status: number, code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

function httpOf(error: GraphQLError): z.output<typeof Http> {
  const otherwise = error.extensions['code'] === TopLevelCode.serviceUnavailable ? 503 : 500;
  return Http.safeParse(error.extensions['http']).data ?? { status: otherwise, headers: {} };
}

function bodyOf(error: GraphQLError): { errors: GraphQLFormattedError[] } {
  return { errors: [formatError(error)] };
}
