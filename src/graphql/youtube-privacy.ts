import type { YoutubePrivacy } from '../generated/prisma/client.ts';
import { builder } from './builder.ts';

const values: Record<YoutubePrivacy, { description: string }> = {
  PUBLIC: { description: 'Anyone can find it.' },
  UNLISTED: { description: 'Anyone with the link can watch it.' },
  PRIVATE: { description: 'Only the owner can watch it.' },
};

/** Who may watch a video. */
export const YoutubePrivacyEnum = builder.enumType('YoutubePrivacy', {
  description: 'Who may watch a published video.',
  values,
});
