import type { YoutubePublishType } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';

const values: Record<YoutubePublishType, { description: string }> = {
  IMMEDIATE: { description: 'As soon as the video is done.' },
  SCHEDULED: { description: 'At publishAt.' },
};

/** When a video is published. */
export const YoutubePublishTypeEnum = builder.enumType('YoutubePublishType', {
  description: 'When a video is published.',
  values,
});
