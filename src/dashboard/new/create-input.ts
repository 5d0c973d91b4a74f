import type { CreateBatchInput } from '../../generated/dashboard-gql/graphql.ts';
import type { Draft } from './draft.ts';
import { instantOf } from './instants.ts';
import type { Limits } from './limits.ts';

/** The model that a draft is made with: its own, or the first that the service offers. */
export function modelOf({ settings }: Draft, { geminiModels }: Limits): string {
  return settings.geminiModel ?? geminiModels[0] ?? '';
}

/** What a draft asks the service for. The same for the same draft, as its idempotency key asks for. */
export function createInput(draft: Draft, limits: Limits): CreateBatchInput {
  const { privacy, publishType, publishAt, aiContentFlag, failureLimit } = draft.settings;
  const at = publishType === 'SCHEDULED' ? instantOf(publishAt) : undefined;
  return {
    name: draft.name,
    projects: draft.texts.map(({ name, content }) => ({ name, content })),
    geminiModel: modelOf(draft, limits),
    youtubeSettings: { privacy, publishType, publishAt: at?.toISOString() ?? null, aiContentFlag },
    failureLimit,
    idempotencyKey: draft.idempotencyKey,
  };
}
