import './batch-completions.ts';
import './batch-events.ts';
import './batch-not-found-error.ts';
import './batch-progress.ts';
import './batch-projects.ts';
import './batch-stages.ts';
import './batch-updated.ts';
import './batches.ts';
import './cancel-batch.ts';
import './create-batch.ts';
import './date-time.ts';
import './find-one.ts';
import './idempotency-conflict-error.ts';
import './invalid-input-error.ts';
import './invalid-state-error.ts';
import './limits.ts';
import './pause-batch.ts';
import './project-events.ts';
import './project-not-found-error.ts';
import './resume-batch.ts';
import './retry-batch.ts';
import './viewer.ts';
import { builder } from './builder.ts';
import { plainIds } from './plain-ids.ts';
import { tellMistakes } from './tell-mistakes.ts';

/** The schema with everything that is in it. */
export const schema = plainIds(tellMistakes(builder.toSchema()));

export { pulled } from '../feed/pullable.ts';
export { checkDocument, checkOperation } from './check-document.ts';
export { type Caller, type Context, type EventTime, makeContext, type Services } from './context.ts';
export { DOCUMENT_LIMITS, type DocumentLimits } from './document-limits.ts';
export { parseDocument } from './parse-document.ts';
export { type Reporter, reportError, TopLevelCode } from './report-errors.ts';
export type { Results, ResultTaker } from './result-stream.ts';
export { runOperation, runSubscription } from './run.ts';
export { textOf } from './shared-results.ts';
