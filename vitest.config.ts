import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As Node resolves packages: without module-sync, our code gets another copy of graphql than
  // that which other packages get.
  ssr: { resolve: { conditions: ['module-sync', 'node', 'development|production'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/helpers/global-setup.ts',
    // Processes, as native addons (canvas, video) and PGlite's WebAssembly are not all safe in threads.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What is awaited comes when a loaded machine gets to it.
    expect: { poll: { timeout: 20_000 } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.{ts,tsx}'],
      // The terminal client is tested as processes of its own, into which this does not see.
      exclude: ['src/generated/**', 'src/dashboard/**', 'src/cli/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 90 },
    },
  },
});
