import { MessageType } from 'graphql-ws';

/** As graphql-ws writes those that belong to an operation. */
const OF_OPERATION = /^\{"id":"(?<id>\d+)","type":"(?<type>next|error|complete)"/;

/**
 * Gives each operation an id of its own. A client may use the id of one that it has ended again at
 * once, while that is still on its way out: by the client's ids graphql-ws takes the one for the
 * other, gives results to the wrong one, and loses those that the client then can't end any more.
 */
export class OperationIds {
  readonly #ids = new Map<string, string>();
  readonly #clientIds = new Map<string, string>();
  #last = 0;

  /** The id for a new operation; undefined where one with the client's id is under way. */
  begin(clientId: string): string | undefined {
    if (this.#ids.has(clientId)) {
      return undefined;
    }
    const id = String(++this.#last);
    this.#ids.set(clientId, id);
    this.#clientIds.set(id, clientId);
    return id;
  }

  /** The id of an operation that is over from now on; undefined where there is none. */
  end(clientId: string): string | undefined {
    const id = this.#ids.get(clientId);
    if (id !== undefined) {
      this.#ids.delete(clientId);
      this.#clientIds.delete(id);
    }
    return id;
  }

  /** What its client calls an operation; undefined where it is over. */
  clientIdOf(id: string): string | undefined {
    return this.#clientIds.get(id);
  }

  /** A message as the client is to have it; undefined where it belongs to an operation that is over. */
  outwards(text: string): string | undefined {
    const found = OF_OPERATION.exec(text);
    if (found?.groups === undefined) {
      return text;
    }
    const { id = '', type } = found.groups;
    const clientId = this.#clientIds.get(id);
    if (clientId === undefined) {
      return undefined;
    }
    if (type !== MessageType.Next) {
      this.end(clientId);
    }
    return `{"id":${JSON.stringify(clientId)},"type":"${type}"${text.slice(found[0].length)}`;
  }
}
