import type { ServiceCalls } from '../hosts/service.ts';
import { type Driver, type DriverCalls, postgresDriver } from './driver.ts';
import { Host } from './host.ts';
import { environmentOf, makePlace, type Place } from './place.ts';
import type { Run } from './row.ts';

/** The service's API in a process of its own, on a database of its own. Disposing of it removes both. */
export interface BenchService extends AsyncDisposable {
  readonly host: Host<ServiceCalls>;
  readonly place: Place;
  /** Without a path. */
  readonly url: string;
  /** Bare access to its database: over a connection of its own, or within its process on PGlite. */
  readonly driver: Driver;
}

/** Starts the service for a row. */
export async function startBenchService(run: Run): Promise<BenchService> {
  await using starting = new AsyncDisposableStack();
  const place = starting.use(await makePlace(run));
  const host = starting.use(new Host<ServiceCalls>('service.ts', run));
  const url = await host.call('open', environmentOf(place));
  const driver = starting.use(driverOf(place, host));
  const running = starting.move();
  return { host, place, url, driver, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Bare access to the database of a host, which has it to itself on PGlite. */
export function driverOf({ databaseUrl }: Pick<Place, 'databaseUrl'>, host: Pick<Host<DriverCalls>, 'call'>): Driver {
  if (databaseUrl !== undefined) {
    return postgresDriver(databaseUrl);
  }
  return {
    query: (text, values = []) => host.call('query', text, values),
    time: (text, values = []) => host.call('time', text, values),
    commit: (text, values = []) => host.call('commit', text, values),
    async [Symbol.asyncDispose]() {},
  };
}
