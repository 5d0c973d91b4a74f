import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { type DocumentNode, getOperationAST, type OperationDefinitionNode, type OperationTypeNode } from 'graphql';
import type { Log } from '../log.ts';
import { HEALTH_PATH, METRICS_PATH } from './paths.ts';

/** What is found out about a GraphQL operation on its way; the log names it by kind and name, "mutation CreateBatch". */
export interface Traced {
  operation?: string;
  kind?: Kind;
  /** What a trace is told of it, until it is answered. */
  span?: Span;
}

/** Whether an operation reads, changes or watches. */
export type Kind = `${OperationTypeNode}`;

/** How an operation is called in the log, and its kind; nothing where the document does not have it. */
export function nameOperation(document: DocumentNode, operationName: string | null | undefined): Traced {
  const found: OperationDefinitionNode | null | undefined = getOperationAST(document, operationName);
  return found == null
    ? {}
    : { operation: `${found.operation} ${found.name?.value ?? '(anonymous)'}`, kind: found.operation };
}

/** Writes one line once the request has been answered, or its client has gone. */
export function logRequest(
  { log, requestId, traced }: { log: Log; requestId: string; traced: Traced },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const startedMs = performance.now();
  response.once('close', () => {
    const durationMs = Math.round(performance.now() - startedMs);
    const details = {
      requestId,
      method: request.method,
      path: request.url?.split('?')[0],
      ...(traced.operation !== undefined && { operation: traced.operation }),
      status: response.statusCode,
      durationMs,
      ...(!response.writableFinished && { aborted: true }),
    };
    log[levelOf(details)](details, 'request');
  });
}

/** Load balancers and Prometheus ask every few seconds: nobody wants to read that all is good. */
function levelOf({ path, status }: { path: string | undefined; status: number }): 'error' | 'info' | 'debug' {
  if (path?.startsWith(`${HEALTH_PATH}/`) === true || (path === METRICS_PATH && status === 200)) {
    return 'debug';
  }
  return status >= 500 ? 'error' : 'info';
}
