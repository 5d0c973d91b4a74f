import { Agent, request } from 'node:http';
import { nowMs } from './clock.ts';

/** A GraphQL request, ready to be sent. */
export interface GraphqlRequest {
  query: string;
  variables?: Record<string, unknown>;
}

/** Sends requests over connections that are kept, as many at a time as told. */
export class Requests implements Disposable {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #concurrency: number;

  constructor(url: string, concurrency: number) {
    this.#url = url;
    this.#concurrency = concurrency;
    this.#agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  }

  /** Sends one and gives the text of its answer. Throws where that is not a good one. */
  async send(body: string | Buffer): Promise<string> {
    const answer = await this.#post(body);
    const text = answer.toString();
    const { data, errors } = JSON.parse(text);
    if (errors !== undefined || data == null) {
      throw new Error(`${this.#url} answered ${text.slice(0, 1_000)}`);
    }
    return text;
  }

  /** Requests per second, over so many milliseconds, of bodies that take turns. */
  async perSecond(bodies: readonly Buffer[], durationMs: number): Promise<number> {
    const startedMs = nowMs();
    let sent = 0;
    let done = 0;
    const work = async () => {
      while (nowMs() - startedMs < durationMs) {
        const body = bodies[sent++ % bodies.length];
        await this.#post(body ?? '');
        done++;
      }
    };
    await Promise.all(Array.from({ length: this.#concurrency }, work));
    return done / ((nowMs() - startedMs) / 1_000);
  }

  #post(body: string | Buffer): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const answer = Buffer.concat(chunks);
        if (response.statusCode === 200) {
          resolve(answer);
        } else {
          reject(new Error(`${this.#url} answered ${response.statusCode}: ${answer.toString().slice(0, 1_000)}`));
        }
      });
    });
    sent.once('error', reject);
    sent.end(body);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** The body of a request. */
export function bodyOf(graphql: GraphqlRequest): Buffer {
  return Buffer.from(JSON.stringify(graphql));
}
