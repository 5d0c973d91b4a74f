import type { ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';

/**
 * The address of a file of a project, which a browser may keep. A retry may put another file in its
 * place: what was made at another time has another address. Anything else that changes of the
 * project leaves it as it is, so that a video that plays goes on.
 */
export function fileUrl(
  url: string,
  { attempt, finishedAt }: Pick<ProjectFieldsFragment, 'attempt' | 'finishedAt'>,
): string {
  const made = finishedAt === null ? `attempt-${attempt}` : String(Date.parse(finishedAt));
  return `${url}${url.includes('?') ? '&' : '?'}v=${made}`;
}
