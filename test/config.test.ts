import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from '../src/config.ts';

function problemsOf(env: Record<string, string>): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return String(error instanceof Error && error.message).split('\n');
  }
  throw new Error('expected a ConfigError');
}

test('without any variable the service listens on the loopback and keeps its data in ./data', () => {
  expect(parseConfig({})).toEqual({
    port: 4000,
    host: '127.0.0.1',
    dataDir: './data',
    databaseUrl: undefined,
    role: 'all',
    workerConcurrency: 2,
    logLevel: 'info',
    geminiModels: ['gemini-1.5-flash', 'gemini-1.5-pro'],
    maxProjectsPerBatch: 10_000,
    maxBodyBytes: 32 * 1024 * 1024,
    eventRetentionDays: 30,
    stageTries: 3,
    shutdownGraceMs: 10_000,
  });
});

test('an empty variable counts as unset', () => {
  expect(parseConfig({ PORT: '', DATABASE_URL: '' })).toEqual(parseConfig({}));
});

test('every wrong value is named at once, with what was expected and what came', () => {
  expect(problemsOf({ PORT: '80a', ROLE: 'boss', STAGE_TRIES: '0', LOG_LEVEL: 'loud' })).toEqual([
    "PORT: expected a whole number from 0 to 65535, got '80a'",
    "ROLE: expected one of all, api, worker, got 'boss'",
    "LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got 'loud'",
    "STAGE_TRIES: expected a whole number from 1 to 100, got '0'",
  ]);
});

test('a wrong DATABASE_URL is not repeated, as it may hold a password', () => {
  const [problem] = problemsOf({ DATABASE_URL: 'mysql://root:secret@db/x' });
  expect(problem).toMatch(/^DATABASE_URL: expected a URL like postgres:/);
  expect(problem).not.toContain('secret');
});

test('a role of its own needs a server that several processes can share', () => {
  expect(problemsOf({ ROLE: 'worker' })[0]).toMatch(/^ROLE: expected all where DATABASE_URL is not set/);
  expect(parseConfig({ ROLE: 'worker', DATABASE_URL: 'postgresql://db/x' }).role).toBe('worker');
});

test('further models are allowed besides the two of the contract', () => {
  expect(parseConfig({ GEMINI_MODELS: 'gemini-2.5-pro, gemini-1.5-pro' }).geminiModels).toEqual([
    'gemini-1.5-flash',
    'gemini-1.5-pro',
    'gemini-2.5-pro',
  ]);
  expect(problemsOf({ GEMINI_MODELS: 'a,,b' })).toEqual([
    "GEMINI_MODELS: expected names separated by commas, got 'a,,b'",
  ]);
});
