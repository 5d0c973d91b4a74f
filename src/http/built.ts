import { join } from 'node:path';

const GENERATED = join(import.meta.dirname, '../generated');

/** Where `vite build` puts the dashboard. */
export const DASHBOARD_DIR = join(GENERATED, 'dashboard');

/** Where build-graphiql.ts puts GraphiQL. */
export const GRAPHIQL_DIR = join(GENERATED, 'graphiql');

/** Where `npm run generate` puts what the terminal client and the dashboard send, each by its id. */
export const OWN_MANIFESTS = [join(GENERATED, 'documents/cli.json'), join(GENERATED, 'documents/dashboard.json')];
