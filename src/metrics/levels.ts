import { Gauge, type Registry } from 'prom-client';

/** The connections of one pool. */
export interface PoolLevel {
  name: string;
  /** Connections that there are, and that it may have. */
  size: number;
  max: number;
  /** Those of `size` that nobody uses. */
  idle: number;
  /** Who waits for one. */
  waiting: number;
}

/** Who is connected to this process. */
export interface ClientLevels {
  /** Subscriptions that are open. */
  subscribers(): number;
  /** Connections that are open: WebSockets, and all others. */
  connections(): Promise<{ websocket: number; http: number }>;
}

/** Registers a gauge for each of these; they are read when Prometheus asks. */
export function publishClients(registry: Registry, { subscribers, connections }: ClientLevels): void {
  const registers = [registry];
  new Gauge({
    name: 'showrunner_subscribers',
    help: 'Subscriptions that are open on this process.',
    registers,
    collect() {
      this.set(subscribers());
    },
  });
  new Gauge({
    name: 'showrunner_connections',
    help: 'Connections of clients that are open on this process, that of who asks among them, by what is spoken on them.',
    labelNames: ['transport'],
    registers,
    async collect() {
      const { websocket, http } = await connections();
      this.set({ transport: 'websocket' }, websocket);
      this.set({ transport: 'http' }, http);
    },
  });
}

/** Registers gauges for the pools; they are read when Prometheus asks. */
export function publishPools(registry: Registry, pools: () => readonly PoolLevel[]): void {
  const registers = [registry];
  new Gauge({
    name: 'showrunner_database_connections',
    help: 'Connections of this process to PostgreSQL, by pool and by whether they are in use.',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const { name: pool, size, idle } of pools()) {
        this.set({ pool, state: 'idle' }, idle);
        this.set({ pool, state: 'busy' }, size - idle);
      }
    },
  });
  new Gauge({
    name: 'showrunner_database_connections_max',
    help: 'Connections to PostgreSQL that a pool may have.',
    labelNames: ['pool'],
    registers,
    collect() {
      for (const { name: pool, max } of pools()) {
        this.set({ pool }, max);
      }
    },
  });
  new Gauge({
    name: 'showrunner_database_waiting',
    help: 'Statements and transactions that wait for a connection of a pool.',
    labelNames: ['pool'],
    registers,
    collect() {
      for (const { name: pool, waiting } of pools()) {
        this.set({ pool }, waiting);
      }
    },
  });
}
