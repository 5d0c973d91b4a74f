import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Bundles the terminal client into one file of plain JavaScript for npx: Node takes no types out of
 * files below node_modules. Packages stay outside, as they are installed with it.
 */
export default defineConfig({
  root: ROOT,
  // None of the dashboard's files.
  publicDir: false,
  build: {
    ssr: 'src/cli/main.ts',
    target: 'node22',
    outDir: 'src/generated/cli',
    rolldownOptions: { output: { entryFileNames: 'showrunner.js', banner: '#!/usr/bin/env node' } },
  },
});
