import { once } from 'node:events';
import { createServer } from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

// Speaks as bench/harness/serve-calls.ts does, which is in TypeScript and on another graphql.

/** As many connections as the service takes for the operations of its clients. */
const CONNECTIONS = 10;

const stack = new AsyncDisposableStack();

/** Serves the tables of a database; gives the URL of its GraphQL. */
async function open(connectionString) {
  const pgl = postgraphile({
    extends: [PostGraphileAmberPreset],
    pgServices: [makePgService({ connectionString, schemas: ['public'], poolConfig: { max: CONNECTIONS } })],
    grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  });
  stack.defer(() => pgl.release());
  const server = createServer();
  await pgl.createServ(grafserv).addTo(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  return `http://127.0.0.1:${server.address().port}/graphql`;
}

process.on('message', async (text) => {
  const { id, args } = JSON.parse(text);
  try {
    process.send(JSON.stringify({ id, result: JSON.stringify(await open(...args)) }));
  } catch (error) {
    process.send(JSON.stringify({ id, error: String(error?.stack) }));
  }
});
process.once('disconnect', () => void stack.disposeAsync().finally(() => process.exit()));
