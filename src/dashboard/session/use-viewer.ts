import { useQuery } from '@apollo/client/react';
import { createContext, use } from 'react';
import { ViewerDocument, type ViewerQuery } from '../../generated/dashboard-gql/graphql.ts';
import { useOutside } from './session.ts';

/** Who looks at the page, as the service knows them. */
export type Viewer = ViewerQuery['viewer'];

export const ViewerContext = createContext<Viewer | undefined>(undefined);

/** Asks who looks at the page, for ViewerContext; undefined until the service has said so. */
export function useAskedViewer(): Viewer | undefined {
  const skip = useOutside() !== undefined;
  return useQuery(ViewerDocument, { fetchPolicy: 'cache-first', skip }).data?.viewer;
}

/** Who looks at the page; nobody in particular ('') where the service asks nobody. */
export function useViewer(): Viewer | undefined {
  return use(ViewerContext);
}

/**
 * Whether batches may be made and controlled. Also until that is known: hardly anybody may only look,
 * and the service has the last word.
 */
export function useMayControl(): boolean {
  return useViewer()?.role !== 'VIEWER';
}
