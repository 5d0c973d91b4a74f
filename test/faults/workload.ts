import { EventEmitter, once } from 'node:events';
import { CREATE } from '../graphql/documents.ts';
import { askUntilAnswered } from './api.ts';
import { BatchFollower } from './follower.ts';

/** One scene: a fraction of a second for all five stages. */
export const SMALL_TEXT = 'word '.repeat(100);

/** Batches that are made one after the other, each followed to its end over WebSocket and over SSE. */
export class Workload {
  readonly followers: BatchFollower[] = [];
  readonly #urls: readonly string[];
  readonly #work: Promise<unknown>[] = [];
  readonly #events = new EventEmitter<{ told: [] }>();
  readonly #failed = Promise.withResolvers<never>();
  #told = 0;

  constructor(urls: readonly string[]) {
    this.#urls = urls;
    this.#failed.promise.catch(() => {});
  }

  /** Begins to make a batch, and to follow it. */
  begin(name: string, projects: number): void {
    const work = this.#run(name, projects);
    work.catch(this.#failed.reject);
    this.#work.push(work);
  }

  /** Resolves once so many changes have been told over WebSocket; rejects where a client was refused. */
  async toldAtLeast(changes: number): Promise<void> {
    while (this.#told < changes) {
      await Promise.race([once(this.#events, 'told'), this.#failed.promise]);
    }
  }

  /** Resolves once all has ended, by what the clients were told. */
  async ended(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #run(name: string, projects: number): Promise<void> {
    const { createBatch } = await askUntilAnswered(this.#urls, CREATE, {
      input: {
        name,
        // The answer may be lost with the process: then the next try must not make another.
        idempotencyKey: name,
        geminiModel: 'gemini-1.5-flash',
        projects: Array.from({ length: projects }, (_, at) => ({ name: `${name}, ${at + 1}`, content: SMALL_TEXT })),
      },
    });
    if (createBatch.__typename !== 'CreateBatchSuccess') {
      throw new Error(`no batch: ${JSON.stringify(createBatch)}`);
    }
    const { id } = createBatch.batch;
    const followers = [
      new BatchFollower(id, 'websocket', ({ changes }) => {
        this.#told += changes.length;
        this.#events.emit('told');
      }),
      new BatchFollower(id, 'sse'),
    ];
    this.followers.push(...followers);
    await Promise.all(followers.map((follower) => follower.follow(this.#urls)));
  }
}
