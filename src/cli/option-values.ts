import { InvalidArgumentError } from 'commander';
import { validate as isUuid } from 'uuid';
import type { BatchStatus, YoutubePrivacy } from '../generated/cli-gql/graphql.ts';

/** Where the API of a service on this machine is, as npm start has it. */
export const DEFAULT_URL = 'http://127.0.0.1:4000/graphql';

const API_PATH = '/graphql';
const BATCH_STATUSES = [
  'QUEUED',
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
] as const satisfies BatchStatus[];
const PRIVACIES = ['PRIVATE', 'UNLISTED', 'PUBLIC'] as const satisfies YoutubePrivacy[];
const LARGEST_INT = 2 ** 31 - 1;

// Each of these reads what was given for one option or argument, and throws InvalidArgumentError
// with what was expected; commander adds which it is, and what came.

/** The address of an API; one without a path is that of a service. */
export function parseUrl(given: string): string {
  if (!URL.canParse(given) || !/^https?:\/\//i.test(given)) {
    throw new InvalidArgumentError(`Expected an address such as ${DEFAULT_URL}.`);
  }
  const url = new URL(given);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('Expected an address without a user and password.');
  }
  url.hash = '';
  if (url.pathname === '/') {
    url.pathname = API_PATH;
  }
  return url.href;
}

/** A global id of a batch, from batch_<uuid> or <uuid>. */
export function parseBatchId(given: string): string {
  return parseId('batch', given);
}

/** Adds one more global id of a project, from project_<uuid> or <uuid>. */
export function addProjectId(given: string, before: readonly string[] = []): string[] {
  return [...before, parseId('project', given)];
}

function parseId(type: 'batch' | 'project', given: string): string {
  const uuid = given.startsWith(`${type}_`) ? given.slice(type.length + 1) : given;
  if (!isUuid(uuid)) {
    throw new InvalidArgumentError(`Expected ${type}_<uuid> or <uuid>.`);
  }
  return `${type}_${uuid.toLowerCase()}`;
}

/** Reads whole numbers from `min` on. */
export function wholeNumber(min: number, max = LARGEST_INT): (given: string) => number {
  return (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Expected a whole number from ${min}${max === LARGEST_INT ? '' : ` to ${max}`}.`);
    }
    return value;
  };
}

/** Adds one more status, or several with commas between, in any case. */
export function addStatuses(given: string, before: readonly BatchStatus[] = []): BatchStatus[] {
  return [...before, ...given.split(',').map((each) => oneOf(BATCH_STATUSES, each))];
}

/** Who may watch a video, in any case. */
export function parsePrivacy(given: string): YoutubePrivacy {
  return oneOf(PRIVACIES, given);
}

function oneOf<const T extends string>(choices: readonly T[], given: string): T {
  const found = choices.find((choice) => choice === given.trim().toUpperCase());
  if (found === undefined) {
    throw new InvalidArgumentError(`Expected one of ${choices.join(', ').toLowerCase()}.`);
  }
  return found;
}

/** An instant; without an offset from UTC, by the clock of this machine. */
export function parseInstant(given: string): string {
  const [, year, month, day] =
    /^(\d{4})-(\d\d)-(\d\d)[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.exec(given) ?? [];
  const date = new Date(given.replace(' ', 'T'));
  // JavaScript takes 31 February for 3 March.
  const lastOfMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number.isNaN(date.getTime()) || day === undefined || Number(day) > lastOfMonth) {
    throw new InvalidArgumentError('Expected a time such as 2030-01-31T18:00 or 2030-01-31T18:00:00Z.');
  }
  return date.toISOString();
}
