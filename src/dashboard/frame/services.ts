import { createContext, use, useSyncExternalStore } from 'react';
import type { Connection, ConnectionStore } from '../api/connection.ts';

/** What the pages share. */
export interface Services {
  readonly connection: ConnectionStore;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = use(ServicesContext);
  if (services === undefined) {
    throw new Error('a page stands outside of ServicesContext');
  }
  return services;
}

/** How the connection is, and again whenever that changes. */
export function useConnection(): Connection {
  const { connection } = useServices();
  return useSyncExternalStore(connection.listen, connection.get);
}
