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
    stageTimeoutMs: 600_000,
    shutdownGraceMs: 10_000,
    auth: { tokens: undefined, jwt: undefined },
    access: { hosts: ['localhost', '127.0.0.1', '[::1]'], origins: [], trustedProxies: [] },
    metrics: { port: undefined, host: '127.0.0.1', hosts: ['localhost', '127.0.0.1', '[::1]'] },
    tracing: undefined,
    limits: {
      maxDepth: 12,
      maxCost: 20_000,
      maxAliases: 50,
      maxDirectives: 50,
      maxTokens: 100_000,
      maxFields: 2_000,
      introspection: true,
      suggestions: true,
      maxPageSize: 100,
      operationTimeoutMs: 30_000,
      maxOperationsPerSocket: 100,
      maxConnectionsPerClient: 256,
      maxSubscriptionsPerClient: 1_000,
      maxSubscriptions: 20_000,
      requestsPerMinute: 6_000,
    },
    trustedDocuments: undefined,
  });
});

test.each(['0.0.0.0', '::', '192.168.0.7', 'showrunner.example.com', '127.0.0.1.example.com'])(
  'a service that asks nobody who they are does not listen on %s',
  (host) => {
    expect(problemsOf({ HOST: host })).toEqual([
      `HOST: expected 127.0.0.1, ::1 or localhost while nobody is asked who they are, got '${host}': set AUTH_TOKENS or AUTH_JWKS_URL to serve others`,
    ]);
    expect(parseConfig({ HOST: host, AUTH_TOKENS: './tokens' }).host).toBe(host);
    expect(parseConfig({ HOST: host, ROLE: 'worker', DATABASE_URL: 'postgresql://db/x' }).role).toBe('worker');
  },
);

test.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost', 'LOCALHOST'])(
  'a service that asks nobody who they are may listen on %s, and is called by the names of this machine only',
  (host) => {
    expect(parseConfig({ HOST: host }).access.hosts).toEqual([...new Set(['localhost', '127.0.0.1', '[::1]', host])]);
    expect(parseConfig({ HOST: host, ALLOWED_HOSTS: 'videos.example.com' }).access.hosts).toEqual([
      'videos.example.com',
    ]);
    expect(parseConfig({ HOST: host, AUTH_TOKENS: './tokens' }).access.hosts).toBeUndefined();
  },
);

test('a port for figures listens on the loopback, unless it is told otherwise, and is called by any name there', () => {
  expect(parseConfig({ METRICS_PORT: '9464' }).metrics).toMatchObject({ port: 9464, host: '127.0.0.1' });
  expect(parseConfig({ METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }).metrics).toEqual({
    port: 9464,
    host: '0.0.0.0',
    hosts: undefined,
  });
  expect(problemsOf({ METRICS_PORT: '99999' })).toEqual([
    "METRICS_PORT: expected a whole number from 0 to 65535, got '99999'",
  ]);
});

test('tokens of a login service need to be told whose they are and for whom', () => {
  const three = {
    AUTH_JWKS_URL: 'https://login.example.com/jwks.json',
    AUTH_ISSUER: 'https://login.example.com/',
    AUTH_AUDIENCE: 'showrunner',
  };
  expect(parseConfig(three).auth.jwt).toEqual({
    jwksUrl: 'https://login.example.com/jwks.json',
    issuer: 'https://login.example.com/',
    audience: 'showrunner',
  });
  expect(problemsOf({ AUTH_JWKS_URL: three.AUTH_JWKS_URL })).toEqual([
    'AUTH_ISSUER, AUTH_AUDIENCE: expected with the others of AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE, got nothing',
  ]);
  expect(problemsOf({ ...three, AUTH_JWKS_URL: 'http://login.example.com/jwks.json' })).toEqual([
    'AUTH_JWKS_URL: expected a URL with https, or with http on this machine, without a user and password, got something else',
  ]);
  expect(problemsOf({ ...three, AUTH_JWKS_URL: 'https://user:secret@login.example.com/' })[0]).not.toContain('secret');
  expect(parseConfig({ ...three, AUTH_JWKS_URL: 'http://127.0.0.1:9/jwks' }).auth.jwt?.jwksUrl).toContain('127.0.0.1');
});

test('lists and switches say what they expect', () => {
  expect(problemsOf({ ALLOWED_ORIGINS: 'app.example.com', INTROSPECTION: 'no', MAX_PAGE_SIZE: '50' })).toEqual([
    "ALLOWED_ORIGINS: expected origins like https://app.example.com, separated by commas, got 'app.example.com'",
    "INTROSPECTION: expected one of on, off, got 'no'",
    "MAX_PAGE_SIZE: expected a whole number from 100 to 1000, got '50'",
  ]);
  expect(parseConfig({ ALLOWED_ORIGINS: 'https://App.example.com,http://localhost:3000' }).access.origins).toEqual([
    'https://app.example.com',
    'http://localhost:3000',
  ]);
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

test('spans are kept where they are sent somewhere, as OpenTelemetry says it', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  expect(parseConfig(endpoint).tracing).toEqual({
    exporter: 'otlp',
    sampler: 'always_on',
    followsParent: true,
    ratio: 1,
    scheduleDelayMs: 5_000,
  });
  expect(parseConfig({ ...endpoint, OTEL_SDK_DISABLED: 'true' }).tracing).toBeUndefined();
  expect(parseConfig({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }).tracing).toBeUndefined();
  expect(parseConfig({ OTEL_TRACES_EXPORTER: 'console' }).tracing).toMatchObject({ exporter: 'console' });
  expect(
    parseConfig({ ...endpoint, OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }).tracing,
  ).toMatchObject({ sampler: 'traceidratio', followsParent: false, ratio: 0.25 });
  expect(problemsOf({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER_ARG: '2' })).toEqual([
    "OTEL_EXPORTER_OTLP_PROTOCOL: expected one of http/json, got 'grpc'",
    "OTEL_TRACES_SAMPLER_ARG: expected a share from 0 to 1, such as 0.1, got '2'",
  ]);
});
