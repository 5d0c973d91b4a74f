import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { StartError } from './errors.ts';
import { LOG_LEVELS } from './log.ts';

/** What this process does: everything, only the API, or only the work. */
export const ROLES = ['all', 'api', 'worker'] as const;

/** The configuration; see the README for what each variable means. */
export interface Config {
  port: number;
  host: string;
  dataDir: string;
  databaseUrl: string | undefined;
  role: (typeof ROLES)[number];
  workerConcurrency: number;
  logLevel: (typeof LOG_LEVELS)[number];
  geminiModels: readonly string[];
  maxProjectsPerBatch: number;
  maxBodyBytes: number;
  eventRetentionDays: number;
  stageTries: number;
  stageTimeoutMs: number;
  shutdownGraceMs: number;
  auth: AuthConfig;
  access: AccessConfig;
  metrics: MetricsConfig;
  /** Undefined where no spans are kept. */
  tracing: TracingConfig | undefined;
  limits: LimitsConfig;
  /** Path of the manifest of the only documents that are run; undefined: any document. */
  trustedDocuments: string | undefined;
}

/** How callers say who they are; nothing is set where nobody is asked. */
export interface AuthConfig {
  /** Entries of static tokens, or the path of a file of them. */
  tokens: string | undefined;
  /** Whose tokens are taken; the three come together. */
  jwt: { jwksUrl: string; issuer: string; audience: string } | undefined;
}

/** Who may reach the service, and by which name. */
export interface AccessConfig {
  /** Names by which requests may call this host; undefined: any. */
  hosts: readonly string[] | undefined;
  /** Origins of other web pages that may use the API. */
  origins: readonly string[];
  /** Proxies whose X-Forwarded-For is believed: addresses, subnets, or loopback, linklocal, uniquelocal. */
  trustedProxies: readonly string[];
}

/** Where Prometheus reads the figures. */
export interface MetricsConfig {
  /** A port for them alone, which asks nobody who they are; undefined: the API's own. */
  port: number | undefined;
  host: string;
  /** Names by which requests may call this host; undefined: any. */
  hosts: readonly string[] | undefined;
}

/** Which spans are kept, and where they go. */
export interface TracingConfig {
  exporter: 'otlp' | 'console';
  sampler: 'always_on' | 'always_off' | 'traceidratio';
  /** Whether whoever calls decides on traces that they began. */
  followsParent: boolean;
  /** The share of traces that are kept, 0 to 1, where the sampler goes by that. */
  ratio: number;
  /** How long spans are gathered before they are sent, in milliseconds. */
  scheduleDelayMs: number;
}

/** How much may be asked for. */
export interface LimitsConfig {
  maxDepth: number;
  maxCost: number;
  maxAliases: number;
  maxDirectives: number;
  maxTokens: number;
  maxFields: number;
  introspection: boolean;
  suggestions: boolean;
  maxPageSize: number;
  operationTimeoutMs: number;
  maxOperationsPerSocket: number;
  maxConnectionsPerClient: number;
  maxSubscriptionsPerClient: number;
  maxSubscriptions: number;
  /** 0: as many as there are. */
  requestsPerMinute: number;
}

/** Every wrong variable, one per line: its name, what was expected, and what came. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';
}

const REQUIRED_MODELS = ['gemini-1.5-flash', 'gemini-1.5-pro'];

function wholeNumber(min: number, max: number, preset: number) {
  return anyWholeNumber(min, max).default(preset);
}

function anyWholeNumber(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

function portNumber() {
  return anyWholeNumber(0, 65_535);
}

function hostName() {
  return z.string().regex(/^\S+$/, 'a host name or an IP address');
}

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

function httpUrl() {
  return z.url({ protocol: /^https?$/, error: 'a URL like http://collector:4318' });
}

const COUNT_MAX = 1_000_000_000;

/** Words separated by commas. */
function listOf(pattern: RegExp, expected: string) {
  return z
    .string()
    .transform((list) => list.split(',').map((each) => each.trim()))
    .refine((each) => each.every((word) => pattern.test(word)), expected);
}

function onOrOff() {
  return oneOf(['on', 'off'], 'on').transform((value) => value === 'on');
}

function oneOf<const T extends readonly string[]>(values: T, preset: T[number]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` }).default(preset);
}

const variables = z.object({
  PORT: portNumber().default(4000),
  HOST: hostName().default('127.0.0.1'),
  METRICS_PORT: portNumber().optional(),
  METRICS_HOST: hostName().default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'a URL like postgres://user:password@host:5432/name' })
    .optional(),
  ROLE: oneOf(ROLES, 'all'),
  WORKER_CONCURRENCY: wholeNumber(1, 256, 2),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
  GEMINI_MODELS: listOf(/^\S+$/, 'names separated by commas').default(REQUIRED_MODELS),
  MAX_PROJECTS_PER_BATCH: wholeNumber(1, 100_000, 10_000),
  MAX_BODY_MB: wholeNumber(1, 1_024, 32),
  EVENT_RETENTION_DAYS: wholeNumber(1, 36_500, 30),
  STAGE_TRIES: wholeNumber(1, 100, 3),
  STAGE_TIMEOUT_S: wholeNumber(1, 86_400, 600),
  SHUTDOWN_GRACE_S: wholeNumber(0, 3_600, 10),
  AUTH_TOKENS: z.string().optional(),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'a URL like https://login.example.com/jwks.json' })
    .refine(isConfidential, 'a URL with https, or with http on this machine, without a user and password')
    .optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  ALLOWED_HOSTS: listOf(/^[^\s/:]+$|^\[[\da-f:.]+\]$/i, 'host names without ports, separated by commas').optional(),
  ALLOWED_ORIGINS: listOf(/^https?:\/\/[^\s/]+$/i, 'origins like https://app.example.com, separated by commas').default(
    [],
  ),
  TRUSTED_PROXIES: listOf(/^\S+$/, 'addresses, subnets, or loopback, separated by commas').default([]),
  TRUSTED_DOCUMENTS: z.string().optional(),
  INTROSPECTION: onOrOff(),
  SUGGESTIONS: onOrOff(),
  MAX_DEPTH: wholeNumber(1, 1_000, 12),
  MAX_COST: wholeNumber(1, COUNT_MAX, 20_000),
  MAX_ALIASES: wholeNumber(0, 100_000, 50),
  MAX_DIRECTIVES: wholeNumber(0, 100_000, 50),
  MAX_TOKENS: wholeNumber(100, 10_000_000, 100_000),
  MAX_FIELDS: wholeNumber(1, 100_000, 2_000),
  // Not below 100: the service's own clients read pages of that size.
  MAX_PAGE_SIZE: wholeNumber(100, 1_000, 100),
  OPERATION_TIMEOUT_S: wholeNumber(1, 3_600, 30),
  MAX_OPERATIONS_PER_SOCKET: wholeNumber(1, COUNT_MAX, 100),
  MAX_CONNECTIONS_PER_CLIENT: wholeNumber(1, COUNT_MAX, 256),
  MAX_SUBSCRIPTIONS_PER_CLIENT: wholeNumber(0, COUNT_MAX, 1_000),
  MAX_SUBSCRIPTIONS: wholeNumber(0, COUNT_MAX, 20_000),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, COUNT_MAX, 6_000),
  OTEL_SDK_DISABLED: oneOf(['true', 'false'], 'false'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'console', 'none'], { error: 'otlp, console or none' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl().optional(),
  // As JSON it is sent without libraries for the other two.
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf(['http/json'], 'http/json'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: oneOf(['http/json'], 'http/json'),
  OTEL_TRACES_SAMPLER: oneOf(SAMPLERS, 'parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'a share from 0 to 1, such as 0.1')
    .transform(Number)
    .default(1),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1, 3_600_000, 5_000),
});

/**
 * Reads the configuration from environment variables; an empty one counts as unset. Throws
 * ConfigError.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => describe(String(path[0]), message, env));
    throw new ConfigError([...new Set(lines)].join('\n'));
  }
  const value = parsed.data;
  if (value.ROLE !== 'all' && value.DATABASE_URL === undefined) {
    throw new ConfigError(
      `ROLE: expected all where DATABASE_URL is not set (the embedded database serves one process), got '${value.ROLE}'`,
    );
  }
  const auth = authOf(value);
  const isOpen = auth.tokens === undefined && auth.jwt === undefined;
  if (isOpen && value.ROLE !== 'worker' && !isLoopback(value.HOST)) {
    throw new ConfigError(
      `HOST: expected 127.0.0.1, ::1 or localhost while nobody is asked who they are, got '${value.HOST}': set AUTH_TOKENS or AUTH_JWKS_URL to serve others`,
    );
  }
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: value.DATA_DIR,
    databaseUrl: value.DATABASE_URL,
    role: value.ROLE,
    workerConcurrency: value.WORKER_CONCURRENCY,
    logLevel: value.LOG_LEVEL,
    geminiModels: [...new Set([...REQUIRED_MODELS, ...value.GEMINI_MODELS])],
    maxProjectsPerBatch: value.MAX_PROJECTS_PER_BATCH,
    maxBodyBytes: value.MAX_BODY_MB * 1024 * 1024,
    eventRetentionDays: value.EVENT_RETENTION_DAYS,
    stageTries: value.STAGE_TRIES,
    stageTimeoutMs: value.STAGE_TIMEOUT_S * 1000,
    shutdownGraceMs: value.SHUTDOWN_GRACE_S * 1000,
    auth,
    access: {
      // A page of any name could have that name lead to this machine, and use the service through its visitor.
      hosts: value.ALLOWED_HOSTS ?? (isOpen ? [...new Set([...LOOPBACK_NAMES, value.HOST])] : undefined),
      origins: value.ALLOWED_ORIGINS.map((origin) => origin.toLowerCase()),
      trustedProxies: value.TRUSTED_PROXIES,
    },
    metrics: {
      port: value.METRICS_PORT,
      host: value.METRICS_HOST,
      hosts: isLoopback(value.METRICS_HOST) ? [...new Set([...LOOPBACK_NAMES, value.METRICS_HOST])] : undefined,
    },
    tracing: tracingOf(value),
    limits: limitsOf(value),
    trustedDocuments: value.TRUSTED_DOCUMENTS,
  };
}

type Values = z.output<typeof variables>;

function authOf({ AUTH_TOKENS, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE }: Values): AuthConfig {
  const three = { AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE };
  const missing = Object.entries(three).flatMap(([name, given]) => (given === undefined ? [name] : []));
  if (AUTH_JWKS_URL === undefined || AUTH_ISSUER === undefined || AUTH_AUDIENCE === undefined) {
    if (missing.length < 3) {
      throw new ConfigError(
        `${missing.join(', ')}: expected with the others of ${Object.keys(three).join(', ')}, got nothing`,
      );
    }
    return { tokens: AUTH_TOKENS, jwt: undefined };
  }
  return { tokens: AUTH_TOKENS, jwt: { jwksUrl: AUTH_JWKS_URL, issuer: AUTH_ISSUER, audience: AUTH_AUDIENCE } };
}

/** The variables of OpenTelemetry's own specification. */
function tracingOf(value: Values): TracingConfig | undefined {
  const isSent = (value.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? value.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined;
  const exporter = value.OTEL_TRACES_EXPORTER ?? (isSent ? 'otlp' : 'none');
  if (exporter === 'none' || value.OTEL_SDK_DISABLED === 'true') {
    return undefined;
  }
  const [, parent, sampler] = /^(parentbased_)?(.+)$/.exec(value.OTEL_TRACES_SAMPLER) ?? [];
  return {
    exporter,
    sampler: sampler === 'always_off' || sampler === 'traceidratio' ? sampler : 'always_on',
    followsParent: parent !== undefined,
    ratio: value.OTEL_TRACES_SAMPLER_ARG,
    scheduleDelayMs: value.OTEL_BSP_SCHEDULE_DELAY,
  };
}

function limitsOf(value: Values): LimitsConfig {
  return {
    maxDepth: value.MAX_DEPTH,
    maxCost: value.MAX_COST,
    maxAliases: value.MAX_ALIASES,
    maxDirectives: value.MAX_DIRECTIVES,
    maxTokens: value.MAX_TOKENS,
    maxFields: value.MAX_FIELDS,
    introspection: value.INTROSPECTION,
    suggestions: value.SUGGESTIONS,
    maxPageSize: value.MAX_PAGE_SIZE,
    operationTimeoutMs: value.OPERATION_TIMEOUT_S * 1000,
    maxOperationsPerSocket: value.MAX_OPERATIONS_PER_SOCKET,
    maxConnectionsPerClient: value.MAX_CONNECTIONS_PER_CLIENT,
    maxSubscriptionsPerClient: value.MAX_SUBSCRIPTIONS_PER_CLIENT,
    maxSubscriptions: value.MAX_SUBSCRIPTIONS,
    requestsPerMinute: value.RATE_LIMIT_PER_MINUTE,
  };
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Whether only processes of this machine reach what listens there. */
function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** Whether nobody on the way can read or change what is sent there, and there is nothing in it to be kept secret. */
function isConfidential(url: string): boolean {
  const { protocol, hostname, username, password } = new URL(url);
  const isSafe = protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
  return isSafe && username === '' && password === '';
}

function describe(name: string, expected: string, env: Readonly<Record<string, string | undefined>>): string {
  // These may hold what must not end up in a log.
  const isSecret = name.endsWith('_URL') || name.endsWith('_ENDPOINT') || name === 'AUTH_TOKENS';
  const got = isSecret ? 'something else' : `'${env[name]}'`;
  return `${name}: expected ${expected}, got ${got}`;
}
