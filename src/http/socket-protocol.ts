import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import {
  CloseCode,
  type Message,
  MessageType,
  parseMessage,
  type Server,
  type SubscribeMessage,
  type SubscribePayload,
  stringifyMessage,
} from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import type { RawData, WebSocket } from 'ws';
import type { Log } from '../log.ts';
import { watchBeforeHello } from './before-hello.ts';
import { closeReason } from './close-reason.ts';
import { OperationIds } from './operation-ids.ts';
import {
  idOfSubscribe,
  isTooLarge,
  MESSAGE_TOO_BIG,
  messageTooLarge,
  type SocketLimits,
  sizeRule,
  tooManyOperations,
} from './socket-limits.ts';
import { pauseWhileUnread } from './unread.ts';

/** What the handlers of graphql-ws know of a connection. */
export interface SocketExtra extends Extra {
  /**
   * What each operation asks for, by its id; or the error that refuses it before that is looked at.
   * It does not go by way of JSON again, which could not write all that it reads.
   */
  readonly begun: ReadonlyMap<string, SubscribePayload | GraphQLError>;
  /** What its client calls an operation; undefined where it is over. */
  clientIdOf(id: string): string | undefined;
}

/** How one WebSocket is spoken with. */
export interface ProtocolOptions {
  server: Server<SocketExtra>;
  socket: WebSocket;
  /** The request that opened it. */
  request: IncomingMessage;
  limits: SocketLimits;
  /** Between two pings: who has not answered the last one has gone. */
  pingMs: number;
  log: Log;
}

/** How long a client may take to close a connection that is closed on this side. */
const CLOSE_MS = 5_000;

/** As graphql-ws writes that a client is let in. */
const ACK = `{"type":"${MessageType.ConnectionAck}"`;

/**
 * Speaks graphql-transport-ws with the client of one WebSocket, until it closes. It is graphql-ws's
 * own adapter with what that lets through mended: an operation never hears of another that had its
 * id before, nothing is read after a message that breaks the protocol, what a client sends wrong is
 * always 4400, and an operation that is too large or one too many is refused by itself.
 */
export function speakProtocol({ server, socket, request, limits, pingMs, log }: ProtocolOptions): void {
  const ids = new OperationIds();
  let late: NodeJS.Timeout | undefined;
  const close = (code: number, reason: string) => {
    socket.close(code, reason);
    // Until its client closes it as well, it would go on to be read.
    late ??= setTimeout(() => socket.terminate(), CLOSE_MS);
  };
  const letIn = watchBeforeHello(request.socket, () => {
    close(MESSAGE_TOO_BIG, 'Too much was sent before connection_init was answered');
    socket.pause();
  });
  const begun = new Map<string, SubscribePayload | GraphQLError>();
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send(text) {
        if (text.startsWith(ACK)) {
          letIn();
        }
        return send(socket, ids.outwards(text));
      },
      close,
      onMessage(handle) {
        const taking = { ids, begun, limits, running: 0, handle, close };
        socket.on('message', async (data) => {
          // What came behind a message that broke the protocol is not to be run.
          if (socket.readyState !== socket.OPEN) {
            return;
          }
          try {
            await take(bytesOf(data), taking);
          } catch (error) {
            log.error({ err: error }, 'a WebSocket message broke');
            close(CloseCode.InternalServerError, 'Internal server error');
          }
        });
      },
    },
    { socket, request, begun, clientIdOf: (id) => ids.clientIdOf(id) },
  );
  pauseWhileUnread(socket, request.socket);
  const stopPings = pingRegularly(socket, pingMs);
  socket.once('close', (code, reason) => {
    stopPings();
    clearTimeout(late);
    closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'a WebSocket did not end well'));
  });
}

/** Where the messages of one client go. */
interface Taking {
  ids: OperationIds;
  begun: Map<string, SubscribePayload | GraphQLError>;
  limits: SocketLimits;
  /** How many operations are under way. */
  running: number;
  /** Resolves once what the message asked for is over. */
  handle(text: string): Promise<void>;
  close(code: number, reason: string): void;
}

async function take(data: Buffer, taking: Taking): Promise<void> {
  const { ids, limits, handle, close } = taking;
  if (isTooLarge(data, limits)) {
    const id = idOfSubscribe(data, limits);
    return id === undefined
      ? close(MESSAGE_TOO_BIG, sizeRule(limits))
      : begin({ id, type: MessageType.Subscribe, payload: { query: '' } }, taking, messageTooLarge(limits));
  }
  const text = data.toString();
  const message = parse(text);
  switch (message?.type) {
    case MessageType.Subscribe:
      return begin(message, taking);
    case MessageType.Complete: {
      const id = ids.end(message.id);
      // One that is over, or never was, is no mistake: both sides may end an operation at once.
      return id === undefined ? undefined : handle(stringifyMessage({ ...message, id }));
    }
    case MessageType.ConnectionInit:
    case MessageType.Ping:
    case MessageType.Pong:
      return handle(text);
    default:
      return close(CloseCode.BadRequest, 'Invalid message received');
  }
}

/** Runs an operation to its end; where it is refused, to the error that says why. */
async function begin(message: SubscribeMessage, taking: Taking, refusal?: GraphQLError): Promise<void> {
  const { ids, begun, limits, handle, close } = taking;
  const id = ids.begin(message.id);
  if (id === undefined) {
    return close(CloseCode.SubscriberAlreadyExists, closeReason(`Subscriber for ${message.id} already exists`));
  }
  const why = refusal ?? (taking.running >= limits.maxOperations ? tooManyOperations(limits) : undefined);
  begun.set(id, why ?? message.payload);
  taking.running++;
  try {
    await handle(stringifyMessage({ id, type: MessageType.Subscribe, payload: { query: '' } }));
  } finally {
    taking.running--;
    begun.delete(id);
  }
}

/** ws gives buffers, unless told otherwise. */
function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) {
    return Buffer.concat(data);
  }
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

/** A message of the protocol; undefined for everything else. */
function parse(text: string): Message | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

/**
 * Sends a message. Resolves once it has left this process, so that a slow client slows down its own
 * operations only; or the socket broke.
 */
function send(socket: WebSocket, message: string | undefined): Promise<void> | undefined {
  if (message === undefined || socket.readyState !== socket.OPEN) {
    return undefined;
  }
  return new Promise((done) => socket.send(message, () => done()));
}

function pingRegularly(socket: WebSocket, pingMs: number): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
    } else if (socket.readyState === socket.OPEN) {
      isAlive = false;
      socket.ping();
    }
  }, pingMs);
  return () => clearInterval(timer);
}
