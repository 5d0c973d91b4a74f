import { GraphQLError } from 'graphql';
import { MessageType, parseMessage } from 'graphql-ws';
import { PAYLOAD_TOO_LARGE } from './json-body.ts';
import { hasMoreValues } from './json-values.ts';

/** What one WebSocket may do and send. */
export interface SocketLimits {
  /** Operations under way, one that the client has ended and that still runs among them. */
  readonly maxOperations: number;
  /** Of a message; one that is twice as large closes the connection. */
  readonly maxMessageBytes: number;
  /** Of the JSON of a message. */
  readonly maxMessageValues: number;
}

/** The connection has as many operations under way as one may have. */
export const OPERATION_LIMIT_EXCEEDED = 'OPERATION_LIMIT_EXCEEDED';

/** RFC 6455, section 7.4.1: Message Too Big. */
export const MESSAGE_TOO_BIG = 1009;

/** How large a message may be at all, in bytes: up to here its operation is told what is wrong with it. */
export function ceilingOf({ maxMessageBytes }: Pick<SocketLimits, 'maxMessageBytes'>): number {
  return 2 * maxMessageBytes;
}

/** What an operation is told that is one too many. */
export function tooManyOperations({ maxOperations }: SocketLimits): GraphQLError {
  return new GraphQLError(`A connection may have at most ${maxOperations} operations under way at a time.`, {
    extensions: { code: OPERATION_LIMIT_EXCEEDED },
  });
}

/** What an operation is told that comes in too large a message. */
export function messageTooLarge(limits: SocketLimits): GraphQLError {
  return new GraphQLError(`${sizeRule(limits)}.`, {
    extensions: { code: PAYLOAD_TOO_LARGE },
  });
}

/** How large a message may be, in words. */
export function sizeRule({ maxMessageBytes, maxMessageValues }: SocketLimits): string {
  return `A message may have at most ${maxMessageBytes} bytes and ${maxMessageValues} values`;
}

/** Whether a message is larger than it may be. */
export function isTooLarge(data: Buffer, { maxMessageBytes, maxMessageValues }: SocketLimits): boolean {
  return data.length > maxMessageBytes || hasMoreValues(data, maxMessageValues);
}

const HEAD_BYTES = 4_096;

/** How clients write it: the id before the payload. */
const HEAD = /^\s*\{\s*(?:"type"\s*:\s*"subscribe"\s*,\s*)?"id"\s*:\s*(?<id>"(?:[^"\\]|\\.)*")/;

/**
 * The id of the operation that too large a message begins; undefined where it begins none, or has
 * too many values to be read for an id that does not stand at its head, as clients write it.
 */
export function idOfSubscribe(data: Buffer, { maxMessageValues }: SocketLimits): string | undefined {
  try {
    const found = HEAD.exec(data.toString('utf8', 0, HEAD_BYTES))?.groups?.['id'];
    if (found !== undefined) {
      return String(JSON.parse(found));
    }
    const message = hasMoreValues(data, maxMessageValues) ? undefined : parseMessage(data.toString());
    return message?.type === MessageType.Subscribe ? message.id : undefined;
  } catch {
    return undefined;
  }
}
