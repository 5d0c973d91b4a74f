import type { ServerResponse } from 'node:http';
import { sendJson } from './send-json.ts';

/** What readiness depends on. */
export interface Readiness {
  /** False before the service is up, and from the moment it is told to stop. */
  isReady(): boolean;
  /** Whether the database answers. Never rejects. */
  pingDatabase(): Promise<boolean>;
}

/** The process runs and answers. */
export function sendLive(response: ServerResponse): void {
  sendJson(response, 200, { status: 'live' });
}

/** Whether requests should be sent here: 200, or 503 with the reasons why not. */
export async function sendReady(response: ServerResponse, readiness: Readiness): Promise<void> {
  const reasons = [
    ...(readiness.isReady() ? [] : ['stopping']),
    ...((await readiness.pingDatabase()) ? [] : ['database']),
  ];
  const status = reasons.length === 0 ? 200 : 503;
  sendJson(response, status, { status: status === 200 ? 'ready' : 'unready', reasons });
}
