import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';

/** Where a service runs that the dashboard talks to while somebody works on it. */
const SERVICE = process.env['SHOWRUNNER_URL'] ?? 'http://127.0.0.1:4000';

/** Builds the dashboard, with what the service serves compressed beside each file; `vite` alone is its development server. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'src/dashboard'),
  plugins: [react(), compression({ algorithms: ['gzip', 'brotliCompress'], threshold: 1024 })],
  build: {
    outDir: resolve(import.meta.dirname, 'src/generated/dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    // Nothing in the page itself: the Content-Security-Policy allows files of the service alone.
    assetsInlineLimit: 0,
    // One file: a part that is loaded later must not lack its looks because the service was away.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ['/graphql', '/graphiql', '/library', '/health'].map((path) => [path, { target: SERVICE, ws: true }]),
    ),
  },
});
