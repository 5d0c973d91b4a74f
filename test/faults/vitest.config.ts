import { resolve } from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';
import usual from '../../vitest.config.ts';

/** What is done to whole services: kills, outages, full disks. It takes minutes, and is run by itself. */
export default mergeConfig(
  { ...usual, test: { ...usual.test, include: [] } },
  defineConfig({
    root: resolve(import.meta.dirname, '../..'),
    test: {
      include: ['test/faults/**/*.faults.ts'],
      // Each has processes of its own: side by side they would take each other's time.
      maxWorkers: 1,
      testTimeout: 300_000,
      expect: { poll: { timeout: 60_000 } },
    },
  }),
);
