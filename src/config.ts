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
  shutdownGraceMs: number;
}

/** Every wrong variable, one per line: its name, what was expected, and what came. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';
}

const REQUIRED_MODELS = ['gemini-1.5-flash', 'gemini-1.5-pro'];

function wholeNumber(min: number, max: number, preset: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
    .default(preset);
}

function oneOf<const T extends readonly string[]>(values: T, preset: T[number]) {
  return z.enum(values, { error: `one of ${values.join(', ')}` }).default(preset);
}

const variables = z.object({
  PORT: wholeNumber(0, 65_535, 4000),
  HOST: z.string().regex(/^\S+$/, 'a host name or an IP address').default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'a URL like postgres://user:password@host:5432/name' })
    .optional(),
  ROLE: oneOf(ROLES, 'all'),
  WORKER_CONCURRENCY: wholeNumber(1, 256, 2),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
  GEMINI_MODELS: z
    .string()
    .transform((list) => list.split(',').map((model) => model.trim()))
    .refine((models) => models.every((model) => /^\S+$/.test(model)), 'names separated by commas')
    .default(REQUIRED_MODELS),
  MAX_PROJECTS_PER_BATCH: wholeNumber(1, 100_000, 10_000),
  MAX_BODY_MB: wholeNumber(1, 1_024, 32),
  EVENT_RETENTION_DAYS: wholeNumber(1, 36_500, 30),
  STAGE_TRIES: wholeNumber(1, 100, 3),
  SHUTDOWN_GRACE_S: wholeNumber(0, 3_600, 10),
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
    shutdownGraceMs: value.SHUTDOWN_GRACE_S * 1000,
  };
}

function describe(name: string, expected: string, env: Readonly<Record<string, string | undefined>>): string {
  // A URL may hold a password, which must not end up in a log.
  const got = name === 'DATABASE_URL' ? 'something else' : `'${env[name]}'`;
  return `${name}: expected ${expected}, got ${got}`;
}
