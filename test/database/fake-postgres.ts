import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A row of text columns. */
type Row = Record<string, string>;

/**
 * A server that speaks just enough of PostgreSQL's protocol for a client that listens, and fails
 * in ways that a real one can't be told to.
 */
export class FakePostgres implements AsyncDisposable {
  /** Every statement that came, in order. */
  readonly statements: string[] = [];
  /** What a statement gives; nothing unless told otherwise. */
  answer: (statement: string) => Row | undefined = () => undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;

  static async start(): Promise<FakePostgres> {
    const fake = new FakePostgres();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `postgres://someone:secret@127.0.0.1:${this.port}/fake`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Sends a notification over every connection. */
  notify(channel: string, payload: string): void {
    const body = Buffer.concat([int32(1), text(channel), text(payload)]);
    for (const socket of this.#sockets) {
      socket.write(message('A', body));
    }
  }

  /** From now on connections are accepted and nothing is answered, as if the other end were gone. */
  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) {
      socket.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    let isStarted = false;
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      for (;;) {
        const headLength = isStarted ? 1 : 0;
        const length = received.length < headLength + 4 ? Infinity : headLength + received.readInt32BE(headLength);
        if (received.length < length) {
          return;
        }
        const packet = received.subarray(0, length);
        received = received.subarray(length);
        if (!this.#isFrozen) {
          socket.write(isStarted ? this.#reply(packet, socket) : Buffer.concat([message('R', int32(0)), READY]));
        }
        isStarted = true;
      }
    });
  }

  #reply(packet: Buffer, socket: Socket): Buffer {
    const kind = packet.toString('latin1', 0, 1);
    if (kind === 'X') {
      socket.end();
    }
    if (kind !== 'Q') {
      return Buffer.alloc(0);
    }
    const statement = packet.toString('utf8', 5, packet.length - 1);
    this.statements.push(statement);
    const row = this.answer(statement);
    const parts = row === undefined ? [] : [rowDescription(Object.keys(row)), dataRow(Object.values(row))];
    return Buffer.concat([...parts, message('C', text('OK')), READY]);
  }
}

const READY = message('Z', Buffer.from('I'));
const TEXT_OID = 25;

function message(kind: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
}

function rowDescription(names: string[]): Buffer {
  const fields = names.map((name) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(TEXT_OID), int16(-1), int32(-1), int16(0)]),
  );
  return message('T', Buffer.concat([int16(names.length), ...fields]));
}

function dataRow(values: string[]): Buffer {
  const fields = values.map((value) => Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]));
  return message('D', Buffer.concat([int16(values.length), ...fields]));
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`);
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
}

function int16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}
