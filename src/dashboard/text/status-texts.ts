import type { BatchStatus, ProjectStatus } from '../../generated/dashboard-gql/graphql.ts';
import type { Group } from '../batch/groups.ts';
import type { Translations } from './locale.ts';

/** What the statuses are called. */
export interface StatusTexts {
  batch: Record<BatchStatus, string>;
  project: Record<ProjectStatus, string>;
  group: Record<Group, string>;
}

export const STATUS_TEXTS: Translations<StatusTexts> = {
  en: {
    batch: {
      QUEUED: 'Queued',
      RUNNING: 'Running',
      PAUSED: 'Paused',
      COMPLETED: 'Completed',
      FAILED: 'Failed',
      CANCELLED: 'Cancelled',
    },
    project: {
      INITIALIZED: 'Waiting',
      SCRIPT_GENERATING: 'Writing script',
      SCRIPT_GENERATED: 'Script done',
      ASSETS_GENERATING: 'Making assets',
      ASSETS_GENERATED: 'Assets done',
      RENDERING: 'Rendering',
      RENDERED: 'Rendered',
      THUMBNAIL_GENERATING: 'Making thumbnail',
      THUMBNAIL_GENERATED: 'Thumbnail done',
      UPLOADING: 'Uploading',
      COMPLETED: 'Completed',
      FAILED: 'Failed',
      CANCELLED: 'Cancelled',
    },
    group: {
      waiting: 'Waiting',
      running: 'Running',
      completed: 'Completed',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
  },
  'zh-Hant': {
    batch: {
      QUEUED: '排隊中',
      RUNNING: '執行中',
      PAUSED: '已暫停',
      COMPLETED: '已完成',
      FAILED: '失敗',
      CANCELLED: '已取消',
    },
    project: {
      INITIALIZED: '等待中',
      SCRIPT_GENERATING: '撰寫腳本',
      SCRIPT_GENERATED: '腳本完成',
      ASSETS_GENERATING: '製作素材',
      ASSETS_GENERATED: '素材完成',
      RENDERING: '算圖中',
      RENDERED: '算圖完成',
      THUMBNAIL_GENERATING: '製作縮圖',
      THUMBNAIL_GENERATED: '縮圖完成',
      UPLOADING: '上傳中',
      COMPLETED: '已完成',
      FAILED: '失敗',
      CANCELLED: '已取消',
    },
    group: {
      waiting: '等待中',
      running: '執行中',
      completed: '已完成',
      failed: '失敗',
      cancelled: '已取消',
    },
  },
};
