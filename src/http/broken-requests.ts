import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { GraphQLError } from 'graphql';
import { TopLevelCode } from '../graphql/index.ts';
import { httpError, refusalOf } from './send-error.ts';

/** A client took too long to send its request. */
export const REQUEST_TIMEOUT = 'REQUEST_TIMEOUT';
/** The headers of a request, its address among them, are larger than is taken. */
export const HEADERS_TOO_LARGE = 'HEADERS_TOO_LARGE';

/** Answers what never becomes a request, or whose rest does not come, and closes the connection. */
export function answerBrokenRequests(server: Server): void {
  const answering = new WeakMap<object, ServerResponse>();
  server.on('request', (request, response) => answering.set(request.socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // In the middle of an answer it would be taken for a part of it.
    if (socket.writable && answering.get(socket)?.headersSent !== true) {
      socket.write(refusalOf(errorOf(error)));
    }
    socket.destroy(error);
  });
}

function errorOf({ code }: NodeJS.ErrnoException): GraphQLError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return httpError(408, REQUEST_TIMEOUT, 'The request took too long to come.');
    case 'HPE_HEADER_OVERFLOW':
      return httpError(431, HEADERS_TOO_LARGE, 'The headers of the request are too large.');
    default:
      return httpError(400, TopLevelCode.badRequest, 'This is no HTTP request.');
  }
}
