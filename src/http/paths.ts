/** Where GraphQL is, over HTTP and WebSocket, and GraphiQL for browsers. */
export const GRAPHQL_PATH = '/graphql';

/** Where the files are that GraphiQL loads. */
export const GRAPHIQL_FILES_PATH = '/graphiql';

/** Where finished videos are. */
export const LIBRARY_PATH = '/library';

/** Where Prometheus asks. */
export const METRICS_PATH = '/metrics';

/** Where load balancers ask. */
export const HEALTH_PATH = '/health';
