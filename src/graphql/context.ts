import { ownerSeenBy, type Principal } from '../auth/principal.ts';
import type { Access } from '../batches/access.ts';
import type { BatchLimits } from '../batches/input.ts';
import type { ProjectQueue } from '../batches/queue.ts';
import type { ErrorCode } from '../errors.ts';
import type { Feed } from '../feed/feed.ts';
import type { Log } from '../log.ts';
import type { Locale } from '../messages.ts';
import type { DocumentLimits } from './document-limits.ts';
import { type Loaders, makeLoaders } from './loaders.ts';

/** What the resolvers work with; the same for every operation. */
export interface Services {
  readonly database: Access;
  readonly queue: ProjectQueue;
  readonly feed: Feed;
  /** The URL of a finished file with what this caller needs to fetch it, where the service asks who that is. */
  signFileUrl(url: string, principal: Principal): string;
  /** What may be sent and asked for, by batch and in one request, and how long an operation may take. */
  readonly limits: BatchLimits &
    DocumentLimits & {
      readonly maxBodyBytes: number;
      /** Rows of one page of any list. */
      readonly maxPageSize: number;
      readonly operationTimeoutMs: number;
    };
  /** Whether an error says that the database is away, so that the same operation may work later. */
  isUnavailable(error: unknown): boolean;
  /** Whether an error says that the database gave up what took longer than an operation may. */
  isTimedOut(error: unknown): boolean;
}

/** What the last event of a subscription told of, for whoever sends it on. */
export interface EventTime {
  /** When its oldest change was made, in milliseconds since 1970; undefined where that says nothing of how late it is. */
  changedAtMs?: number | undefined;
}

/** Who asks. */
export interface Caller {
  readonly principal: Principal;
  /** The language of the messages. */
  readonly locale: Locale;
  /** Stands in the log, in the response header and in errors that were not expected. */
  readonly requestId: string;
  readonly log: Log;
  readonly eventTime?: EventTime | undefined;
  /** Told of each mistake of the caller's that is returned as data. */
  readonly onMistake?: ((code: ErrorCode) => void) | undefined;
}

/** What every resolver gets. A subscription keeps its own for as long as it lasts. */
export interface Context extends Services, Caller {
  /** Whose batches exist for the caller; undefined for everybody's. */
  readonly owner: string | undefined;
  readonly loaders: Loaders;
}

/** The context of one operation. */
export function makeContext(services: Services, caller: Caller): Context {
  const owner = ownerSeenBy(caller.principal);
  return { ...services, ...caller, owner, loaders: makeLoaders(services.database, owner) };
}
