import { expect } from 'vitest';
import { freePort } from '../helpers/free-port.ts';
import type { ServiceProcess } from '../helpers/process.ts';
import { type Place, type Role, startRole } from './service.ts';

/** One place in a fleet, in which a process follows the other. */
export interface Post {
  readonly role: Role;
  readonly env: Record<string, string>;
  process: ServiceProcess;
  /** Resolves once the present process is up; rejects where it ends before. */
  up: Promise<void>;
}

/** The processes of one service. Whoever is killed is started again, at the same address. Disposing of it kills all. */
export class Fleet implements AsyncDisposable {
  readonly posts: readonly Post[];
  /** Where the API may be found. */
  readonly urls: readonly string[];
  /** Every process that there ever was. */
  readonly processes: ServiceProcess[] = [];
  readonly #place: Place;

  /** Starts a process of each of these roles. */
  static async start(place: Place, roles: readonly Role[], env: Record<string, string>): Promise<Fleet> {
    const ports = await Promise.all(roles.map(freePort));
    return new Fleet(place, roles, ports, env);
  }

  private constructor(place: Place, roles: readonly Role[], ports: readonly number[], env: Record<string, string>) {
    this.#place = place;
    this.posts = roles.map((role, at) => {
      const own = { ...env, PORT: String(ports[at]) };
      return { role, env: own, ...this.#begin(role, own) };
    });
    this.urls = ports.filter((_, at) => roles[at] !== 'worker').map((port) => `http://127.0.0.1:${port}`);
  }

  /** Kills the process of each of these posts at once, and starts another in its place. */
  async kill(posts: readonly Post[]): Promise<void> {
    for (const { process } of posts) {
      process.child.kill('SIGKILL');
    }
    for (const post of posts) {
      expect(await post.process.ended()).toBe('SIGKILL');
      Object.assign(post, this.#begin(post.role, post.env));
    }
  }

  /** Resolves once every process is up. */
  async up(): Promise<void> {
    await Promise.all(this.posts.map(({ up }) => up));
  }

  /** Has every process stop in order. */
  async stop(): Promise<void> {
    await this.up();
    for (const { process } of this.posts) {
      process.child.kill('SIGTERM');
    }
    const codes = await Promise.all(this.posts.map(({ process }) => process.ended()));
    expect(codes).toEqual(this.posts.map(() => 0));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.processes.map((process) => process[Symbol.asyncDispose]()));
  }

  #begin(role: Role, env: Record<string, string>): Pick<Post, 'process' | 'up'> {
    const process = startRole(role, this.#place, env);
    this.processes.push(process);
    const up = process.said(/Stop it with Ctrl-C/).then(() => {});
    // Whoever waits for it hears of a process that ends before.
    up.catch(() => {});
    return { process, up };
  }
}
