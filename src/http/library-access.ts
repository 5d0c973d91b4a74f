import type { Authenticator } from '../auth/authenticator.ts';
import { ownerSeenBy } from '../auth/principal.ts';
import { TopLevelCode } from '../graphql/index.ts';
import type { Arrival } from './arrival.ts';
import type { Door } from './door.ts';
import { type LibraryGrants, projectOf } from './library-grants.ts';
import { httpError } from './send-error.ts';

/** How it is told who may have a file. */
export interface LibraryAccessOptions {
  authenticator: Authenticator;
  door: Door;
  grants: LibraryGrants;
  /** To whom the batch of a project belongs; undefined where there is no such project. */
  findOwner(projectId: string): Promise<string | undefined>;
  /** Whether an error says that the database is away. */
  isUnavailable(error: unknown): boolean;
}

/** A file of the library that is asked for. */
export interface LibraryFile {
  /** What comes after /library. */
  path: string;
  query: URLSearchParams;
}

/** Decides who may have the files of the library, where callers are asked who they are. */
export class LibraryAccess {
  readonly #options: LibraryAccessOptions;

  constructor(options: LibraryAccessOptions) {
    this.#options = options;
  }

  /**
   * Whether a file is there for whoever asks: by an address that was signed for a token which still
   * may be used, or by a token in the Authorization header, of somebody who may see the project.
   * Throws a GraphQLError: UNAUTHENTICATED for one with neither, or with a wrong token, and
   * SERVICE_UNAVAILABLE where that can't be told for the moment.
   */
  async isThere(arrival: Arrival, { path, query }: LibraryFile): Promise<boolean> {
    const { authenticator, door, grants } = this.#options;
    const { authorization } = arrival;
    const projectId = projectOf(path);
    const by = projectId === undefined ? undefined : grants.check(projectId, query);
    if (by !== undefined && authenticator.isCurrent(by)) {
      return true;
    }
    if (authorization === undefined && query.has('sig')) {
      return false;
    }
    using guest = await door.enter(arrival, authorization);
    const owner = ownerSeenBy(guest.principal);
    return projectId !== undefined && (owner === undefined || (await this.#ownerOf(projectId, arrival)) === owner);
  }

  async #ownerOf(projectId: string, { log, requestId }: Arrival): Promise<string | undefined> {
    const { findOwner, isUnavailable } = this.#options;
    try {
      return await findOwner(projectId);
    } catch (error) {
      if (!isUnavailable(error)) {
        throw error;
      }
      log.warn({ err: error, requestId }, 'the database is away');
      throw httpError(503, TopLevelCode.serviceUnavailable, 'The service is unavailable for the moment. Try again.');
    }
  }
}
