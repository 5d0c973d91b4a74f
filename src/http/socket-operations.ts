import type { IncomingMessage } from 'node:http';
import { type DocumentNode, type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { UNAUTHENTICATED } from '../auth/errors.ts';
import { reportError, type Services } from '../graphql/index.ts';
import type { Admission } from './admission.ts';
import type { Arrival } from './arrival.ts';
import { closeReason } from './close-reason.ts';
import type { Door, Guest } from './door.ts';
import { tokenRefused } from './identify.ts';
import type { Incoming } from './incoming.ts';
import type { OperationWatch } from './operation-watch.ts';
import { formatError } from './send-error.ts';
import { type Recipient, SentResults } from './sent-results.ts';
import type { SocketExtra } from './socket-protocol.ts';
import { UntilRevoked } from './until-revoked.ts';
import type { makeYoga } from './yoga.ts';

/** What operations over WebSocket are run with. */
export interface SocketOperationOptions {
  yoga: ReturnType<typeof makeYoga>;
  services: Services;
  door: Door;
  admission: Admission;
  watch: OperationWatch;
  readArrival(request: IncomingMessage): Arrival;
  /** How long a client may take to send connection_init; 3 s unless told otherwise. */
  initTimeoutMs?: number | undefined;
}

type Handlers = ServerOptions<Record<string, unknown> | undefined, SocketExtra>;

/** Clients come again later. */
const TRY_AGAIN_LATER = 1013;

/** One operation, as the log will tell of it. */
interface Running extends Incoming {
  enveloped: ReturnType<SocketOperationOptions['yoga']['getEnveloped']>;
  recipient: Recipient;
}

/** What graphql-ws asks this service: who may connect, and what an operation comes to. */
export function socketOperations(options: SocketOperationOptions): Handlers {
  const { yoga, services, door, admission, watch, readArrival, initTimeoutMs = 3_000 } = options;
  const guests = new WeakMap<WebSocket, Guest>();
  // By what graphql-ws hands on: an object for each subscribe message, and the arguments of the operation.
  const running = new WeakMap<object, Running>();
  const guestOf = ({ socket }: SocketExtra) => present(guests.get(socket), 'a connection that was not let in');
  const runningOf = (key: object) => present(running.get(key), 'an operation that was not prepared');
  return {
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect({ connectionParams, extra }) {
      const { request, socket } = extra;
      const guest = await enter(door, readArrival(request), connectionParams, socket);
      if (guest === undefined || socket.readyState !== socket.OPEN) {
        guest?.[Symbol.dispose]();
        return false;
      }
      guests.set(socket, guest);
      socket.once('close', () => guest[Symbol.dispose]());
      guest.signal.addEventListener('abort', () =>
        socket.close(CloseCode.Forbidden, tokenRefused(readArrival(request).locale).message),
      );
      return true;
    },
    async onSubscribe({ extra }, id, payload) {
      const params = present(extra.begun.get(id), 'an operation that has not begun');
      if (params instanceof GraphQLError) {
        return [params];
      }
      const guest = guestOf(extra);
      const incoming = door.incomingOf(readArrival(extra.request), guest);
      const enveloped = yoga.getEnveloped({ ...incoming, params });
      const clientId = present(extra.clientIdOf(id), 'an operation that is over');
      const recipient = { clientId, socket: extra.socket, stream: extra.request.socket };
      const operation = { ...incoming, enveloped, recipient };
      running.set(payload, operation);
      try {
        await admission.countRequest(guest.client);
        const prepared = await prepare(operation, params);
        running.set(prepared, operation);
        return prepared;
      } catch (error) {
        // Let through, it would close the connection, and end every other operation on it.
        return [reportError(error, { ...incoming.caller, isUnavailable: services.isUnavailable })];
      }
    },
    execute: (args) => watched(watch, runningOf(args), (operation) => operation.enveloped.execute(args)),
    async subscribe(args) {
      const operation = runningOf(args);
      const results = await watched(watch, operation, () => operation.enveloped.subscribe(args));
      return results instanceof UntilRevoked ? new SentResults(results, operation.recipient) : results;
    },
    onNext(_context, _id, _payload, _args, { data, errors }) {
      return errors && { ...(data !== undefined && { data }), errors: errors.map(formatError) };
    },
    onComplete: (_context, _id, payload) => logOperation(running.get(payload)),
    onError: (_context, _id, payload, errors) => {
      const operation = running.get(payload);
      const { traced = {}, arrivedMs = performance.now() } = operation ?? {};
      watch.answered({ transport: 'websocket', traced, arrivedMs, errors });
      logOperation(operation);
      return errors.map(formatError);
    },
  };
}

/**
 * Lets somebody in by the token in the payload of connection_init, or in the header of the request.
 * Closes the connection where they may not come in, and gives undefined.
 */
async function enter(
  door: Door,
  arrival: Arrival,
  connectionParams: Readonly<Record<string, unknown>> | undefined,
  socket: WebSocket,
): Promise<Guest | undefined> {
  const given = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  try {
    return await door.enter(arrival, typeof given === 'string' ? given : arrival.authorization);
  } catch (error) {
    if (!(error instanceof GraphQLError)) {
      throw error;
    }
    const isForNow = error.extensions['code'] !== UNAUTHENTICATED;
    socket.close(isForNow ? TRY_AGAIN_LATER : CloseCode.Forbidden, closeReason(error.message));
    return undefined;
  }
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new Error(`graphql-ws tells of ${what}`);
  }
  return value;
}

/** What there is to run, or the errors of validation. Throws what parsing and making the context throw. */
async function prepare({ enveloped }: Running, payload: SubscribePayload) {
  const document: DocumentNode = enveloped.parse(payload.query);
  const errors: readonly GraphQLError[] = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) {
    return errors;
  }
  return {
    schema: enveloped.schema,
    document,
    operationName: payload.operationName,
    variableValues: payload.variables,
    contextValue: await enveloped.contextFactory(),
  };
}

/** Runs an operation, and tells how it was answered, or its subscription begun. */
async function watched<R extends ExecutionResult | AsyncIterable<ExecutionResult>>(
  watch: OperationWatch,
  operation: Running,
  run: (operation: Running) => R | Promise<R>,
): Promise<R> {
  const result = await run(operation);
  const errors = 'errors' in result ? result.errors : undefined;
  watch.answered({ ...operation, transport: 'websocket', errors });
  return result;
}

function logOperation(operation: Running | undefined): void {
  if (operation === undefined) {
    return;
  }
  const { caller, traced, arrivedMs } = operation;
  const durationMs = Math.round(performance.now() - arrivedMs);
  const named = traced.operation !== undefined && { operation: traced.operation };
  caller.log.info({ requestId: caller.requestId, transport: 'ws', ...named, durationMs }, 'operation');
}
