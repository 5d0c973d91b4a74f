import { useQuery } from '@apollo/client/react';
import { ProjectPageDocument, type ProjectStatus } from '../../generated/dashboard-gql/graphql.ts';
import type { Place } from './place.ts';
import { EmptyRow, ProjectRow } from './project-row.tsx';

/** Those rows of one page of projects that are to be drawn. */
export function ProjectRows({
  batchId,
  status,
  offset,
  places,
}: {
  batchId: string;
  status: ProjectStatus[] | null;
  offset: number;
  places: readonly Place[];
}) {
  const { data, error } = useQuery(ProjectPageDocument, { variables: { batchId, status, offset } });
  const nodes = data?.batch?.projects.nodes;
  return places.map((place) => {
    const id = nodes?.[place.index - offset]?.id;
    return id === undefined ? (
      <EmptyRow key={place.index} {...place} hasFailed={error !== undefined} />
    ) : (
      <ProjectRow key={place.index} batchId={batchId} projectId={id} {...place} />
    );
  });
}
