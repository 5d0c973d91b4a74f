import type { IncomingMessage } from 'node:http';
import type { Context } from '@opentelemetry/api';
import type { Log } from '../log.ts';
import type { Locale } from '../messages.ts';
import { traceIn } from '../tracing/span.ts';
import { clientAddressOf, type TrustedProxies } from './client-address.ts';
import { matchLocale } from './locale.ts';
import { requestIdOf } from './request-id.ts';
import type { Traced } from './request-log.ts';

/** A request as it comes in, before it is known whose it is. */
export interface Arrival {
  /** The Authorization header. */
  readonly authorization: string | undefined;
  readonly locale: Locale;
  readonly requestId: string;
  /** Where it comes from: what connections are counted by. */
  readonly address: string;
  readonly traced: Traced;
  /** When it came, on the clock of performance.now(). */
  readonly arrivedMs: number;
  readonly log: Log;
  /** The trace that its client has begun, if any. */
  readonly trace: Context;
}

/** What can be told of a request by its headers and its connection. */
export function arrivalOf(request: IncomingMessage, isTrusted: TrustedProxies, log: Log): Arrival {
  const { headers } = request;
  return {
    authorization: headers.authorization,
    locale: matchLocale(headers['accept-language']),
    requestId: requestIdOf(headers['x-request-id']),
    address: clientAddressOf(request, isTrusted),
    traced: {},
    arrivedMs: performance.now(),
    log,
    trace: traceIn(headers),
  };
}
