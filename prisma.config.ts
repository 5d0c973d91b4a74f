import { defineConfig } from 'prisma/config';

// `prisma generate` looks for a schema engine that it does not use. Naming any executable
// keeps it from downloading one, so that installing works without access to Prisma's hosts.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
