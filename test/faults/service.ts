import { openDatabase } from '../../src/database/database.ts';
import type { Row } from '../helpers/database.ts';
import { runProcess, type ServiceProcess } from '../helpers/process.ts';

/** What processes of one service share. */
export interface Place {
  dataDir: string;
  /** The embedded database in `dataDir` unless given. */
  databaseUrl?: string | undefined;
}

export type Role = 'all' | 'api' | 'worker';

/** Runs plain SQL. */
export type Sql = (text: string) => Promise<Row[]>;

/** Starts one process of the service; by way of a command that runs the one behind it, if given. */
export function startRole(
  role: Role,
  place: Place,
  env: Record<string, string> = {},
  by: readonly string[] = [],
): ServiceProcess {
  const { dataDir, databaseUrl } = place;
  const own = { DATA_DIR: dataDir, PORT: '0', ROLE: role, ...env };
  return runProcess('main', databaseUrl === undefined ? own : { DATABASE_URL: databaseUrl, ...own }, by);
}

/** The address at which a process serves the API; waits until it does. */
export async function urlOf(process: ServiceProcess): Promise<string> {
  const [, url = ''] = await process.said(/Dashboard +(http\S+)\/\n/);
  return url;
}

/** What `/health/ready` says: 200 where the process can serve, 503 where it can't. */
export async function readiness(url: string): Promise<number> {
  return (await fetch(`${url}/health/ready`)).status;
}

/** Looks into the database of a place; on the embedded one while no process has it open. */
export async function inDatabase<T>({ dataDir, databaseUrl }: Place, body: (sql: Sql) => Promise<T>): Promise<T> {
  await using database = await openDatabase({ dataDir, databaseUrl });
  return await body((text) => database.prisma.$queryRawUnsafe<Row[]>(text));
}

/** A line of a process's log. */
export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  /** 30 info, 40 warn, 50 error. */
  level: number;
  msg: string;
  project?: string;
  stage?: string;
  /** How long it took, in milliseconds, of a line that tells of an end. */
  durationMs?: number;
  /** Of a line that tells of a GraphQL operation: "subscription Name". */
  operation?: string;
}

/** What a process has logged so far; a line that a kill has cut short is left out. */
export function logOf({ output }: ServiceProcess): LogLine[] {
  const whole = output.stderr.split('\n').slice(0, -1);
  return whole.filter((line) => line.startsWith('{')).map((line): LogLine => JSON.parse(line));
}
