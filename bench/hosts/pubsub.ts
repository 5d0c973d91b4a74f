import { once, setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { insertBatch, type PlainBatch } from '../harness/batches.ts';
import { type Opened, openPlace } from '../harness/open-place.ts';
import type { Place } from '../harness/place.ts';
import { PROCESS_CALLS, type ProcessCalls, serveCalls } from '../harness/serve-calls.ts';
import { cutAll, urlOf } from '../harness/socket-server.ts';

/** The same subscription as the documentation of Yoga and graphql-ws would have it: createPubSub, and a read for each event. */
export interface PubSubCalls extends ProcessCalls {
  /** Serves it on the database of this place; gives the URL and the batch that can be subscribed to. */
  open(place: { dataDir: string; databaseUrl?: string | undefined }): Promise<{ url: string; batchId: string }>;
  /** How many have subscribed. */
  subscribers(): number;
  /** Publishes a change of the batch's project to all of them. */
  publish(to: string): void;
}

/** What is published: the change, but not the batch, which each subscriber reads for itself. */
interface Change {
  from: string;
  to: string;
  at: Date;
  project: Record<string, unknown>;
}

const SCHEMA = resolve(import.meta.dirname, '../../src/graphql/schema.graphql');

// As many as there are subscribers.
setMaxListeners(0);
const stack = new AsyncDisposableStack();
const pubSub = createPubSub<{ changed: [batchId: string, change: Change] }>();
let subscribers = 0;
let project: Record<string, unknown> = {};
let served: { opened: Opened; batch: PlainBatch } | undefined;

function present() {
  if (served === undefined) {
    throw new Error('it is not open');
  }
  return served;
}

const schema = createSchema({
  typeDefs: readFileSync(SCHEMA, 'utf8'),
  resolvers: {
    Subscription: {
      batchProgress: {
        subscribe: (_root: unknown, { batchId }: { batchId: string }) => {
          subscribers++;
          return pubSub.subscribe('changed', batchId);
        },
        resolve: async (change: Change, { batchId }: { batchId: string }) => {
          const { prisma } = present().opened.database;
          const batch = await prisma.batch.findUniqueOrThrow({ where: { id: batchId.replace('batch_', '') } });
          const progress = batch.progressSum / batch.totalProjects;
          return {
            cursor: String(batch.version),
            reset: false,
            batch: { ...batch, id: batchId, progress },
            changes: [change],
            progressed: [],
          };
        },
      },
    },
  },
});

async function open({ dataDir, databaseUrl }: Pick<Place, 'dataDir' | 'databaseUrl'>) {
  const opened = stack.use(await openPlace({ dataDir, databaseUrl }));
  const batch = await insertBatch(opened.driver, 1);
  served = { opened, batch };
  const { content: _, ...row } = await opened.database.prisma.project.findFirstOrThrow({
    where: { batchId: batch.id },
  });
  project = { ...row, id: `project_${row.id}` };
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  useServer({ schema }, sockets);
  stack.defer(() => cutAll(sockets));
  await once(sockets, 'listening');
  return { url: urlOf(sockets), batchId: `batch_${batch.id}` };
}

serveCalls<PubSubCalls>(
  {
    ...PROCESS_CALLS,
    open: (place) => open({ dataDir: place.dataDir, databaseUrl: place.databaseUrl }),
    subscribers: () => subscribers,
    publish(to) {
      const from = String(project['status']);
      project = { ...project, status: to };
      pubSub.publish('changed', `batch_${present().batch.id}`, { from, to, at: new Date(), project });
    },
  },
  () => stack.disposeAsync(),
);
