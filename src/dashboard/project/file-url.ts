import type { ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';

type Made = Pick<ProjectFieldsFragment, 'attempt' | 'finishedAt'>;

/**
 * The address of a file of a project, which a browser may keep. A retry may put another file in its
 * place: what was made at another time has another address. Anything else that changes of the
 * project leaves it as it is, so that a video that plays goes on.
 */
export function fileUrl(url: string, made: Made): string {
  return `${url}${url.includes('?') ? '&' : '?'}v=${versionOf(made)}`;
}

/** Names a file, however its address lets in whoever has it: a service signs the same one anew now and then. */
export function fileKey(url: string, made: Made): string {
  return `${url.replace(/\?.*/, '')}?v=${versionOf(made)}`;
}

/** Until when an address lets in whoever has it, in milliseconds since 1970; undefined where that does not end. */
export function validUntilMs(url: string): number | undefined {
  const until = Number(/[?&]until=(\d+)/.exec(url)?.[1]);
  return Number.isNaN(until) ? undefined : until * 1_000;
}

function versionOf({ attempt, finishedAt }: Made): string {
  return finishedAt === null ? `attempt-${attempt}` : String(Date.parse(finishedAt));
}
