import type { StageName } from '../batches/states.ts';
import { builder } from './builder.ts';

const values: Record<Uppercase<StageName>, { value: StageName; description: string }> = {
  SCRIPT: { value: 'script', description: 'SCRIPT_GENERATING to SCRIPT_GENERATED.' },
  ASSETS: { value: 'assets', description: 'ASSETS_GENERATING to ASSETS_GENERATED.' },
  RENDER: { value: 'render', description: 'RENDERING to RENDERED.' },
  THUMBNAIL: { value: 'thumbnail', description: 'THUMBNAIL_GENERATING to THUMBNAIL_GENERATED.' },
  UPLOAD: { value: 'upload', description: 'UPLOADING to COMPLETED.' },
};

/** What a project goes through, in order. */
export const StageEnum = builder.enumType('Stage', {
  description: 'What a project goes through, in order.',
  values,
});
