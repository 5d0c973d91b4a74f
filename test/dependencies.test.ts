import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      inBundle: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

const Manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  allowScripts: z.record(z.string(), z.boolean()),
});

const lock = Lock.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
const manifest = Manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));

test('no package runs a script when it is installed but those that were looked at', () => {
  const withScript = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(withScript.filter((name) => !Object.hasOwn(manifest.allowScripts, name))).toEqual([]);
  // One that is no longer there must not stay allowed for whoever takes its name.
  expect(Object.keys(manifest.allowScripts).filter((name) => !withScript.includes(name))).toEqual([]);
});

test('every package is of one version, known by the hash of its content', () => {
  const versions = { ...manifest.dependencies, ...manifest.devDependencies };
  expect(Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const unknown = Object.entries(lock.packages).filter(
    ([path, { integrity, inBundle, link }]) =>
      path !== '' && integrity === undefined && inBundle !== true && link !== true,
  );
  expect(unknown.map(([path]) => path)).toEqual([]);
});
