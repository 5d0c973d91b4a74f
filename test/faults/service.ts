import { runProcess, type ServiceProcess } from '../helpers/process.ts';

/** The address at which a process serves the API; waits until it does. */
export async function urlOf(process: ServiceProcess): Promise<string> {
  const [, url = ''] = await process.said(/Dashboard +(http\S+)\/\n/);
  return url;
}

/** Starts one process of the service in a role, on a database and a data folder that it shares. */
export function startRole(
  role: 'all' | 'api' | 'worker',
  place: { dataDir: string; databaseUrl?: string | undefined },
  env: Record<string, string> = {},
): ServiceProcess {
  const { dataDir, databaseUrl } = place;
  return runProcess('main', {
    DATA_DIR: dataDir,
    PORT: '0',
    ROLE: role,
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    ...env,
  });
}

/** What `/health/ready` says: 200 where the process can serve, 503 where it can't. */
export async function readiness(url: string): Promise<number> {
  return (await fetch(`${url}/health/ready`)).status;
}
