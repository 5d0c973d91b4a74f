/** The rows and enums of the schema, and Prisma's SQL tag, for the rooms above this one. */

export type {
  Batch,
  BatchEvent,
  BatchEventKind,
  BatchStatus,
  PrismaClient,
  Project,
  ProjectStatus,
  YoutubePrivacy,
  YoutubePublishType,
} from '../generated/prisma/client.ts';
export { Prisma } from '../generated/prisma/client.ts';
