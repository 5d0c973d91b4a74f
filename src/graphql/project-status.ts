import type { ProjectStatus } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';

const values: Record<ProjectStatus, { description: string }> = {
  INITIALIZED: { description: 'It waits for a worker. Progress 0.' },
  SCRIPT_GENERATING: { description: 'The text is cut into scenes. Progress from 10.' },
  SCRIPT_GENERATED: { description: 'The scenes are written. Progress 20.' },
  ASSETS_GENERATING: { description: 'Slides and captions are drawn. Progress from 40.' },
  ASSETS_GENERATED: { description: 'Slides and captions are there. Progress 60.' },
  RENDERING: { description: 'The video is encoded. Progress from 75.' },
  RENDERED: { description: 'The video is there. Progress 85.' },
  THUMBNAIL_GENERATING: { description: 'The thumbnail is drawn. Progress from 90.' },
  THUMBNAIL_GENERATED: { description: 'The thumbnail is there. Progress 95.' },
  UPLOADING: { description: 'Everything is put into the library. Progress from 98.' },
  COMPLETED: { description: 'The video is in the library. Progress 100.' },
  FAILED: {
    description:
      'A stage could not be done; errorMessage says why. Progress stays as it was. retryBatch takes it up again.',
  },
  CANCELLED: {
    description:
      'The batch was cancelled before the project had ended. Progress stays as it was. retryBatch takes it up again.',
  },
};

/** How far a project is. */
export const ProjectStatusEnum = builder.enumType('ProjectStatus', {
  description: 'How far a project is on its way through the five stages.',
  values,
});
