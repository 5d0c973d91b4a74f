import type { Translations } from '../text/locale.ts';
import type { Milestone } from './milestones.ts';

const en = {
  label: 'History of the batch, newest first',
  show: 'Which events to show',
  milestones: 'Milestones',
  all: 'Everything',
  kinds: {
    CREATED: 'Batch created',
    PAUSED: 'Paused',
    RESUMED: 'Resumed',
    CANCELLED: 'Cancelled',
    RETRIED: 'Failed and cancelled projects sent back to work',
    FAILURE_LIMIT_EXCEEDED: 'More projects failed than the limit allows',
    FINISHED: 'Batch ended',
  } satisfies Record<Milestone, string>,
  from: (status: string) => `was: ${status}`,
  sinceStart: (duration: string) => `+${duration}`,
  sinceStartHint: (duration: string) => `${duration} after the start`,
  older: 'Load older events',
  loading: 'Loading…',
  failed: 'The history could not be loaded',
  retry: 'Try again',
  pruned: 'What happened before has been removed from the history: it is kept for some weeks only.',
};

export const HISTORY_TEXTS: Translations<typeof en> = {
  en,
  'zh-Hant': {
    label: '批次歷程，由新到舊',
    show: '要顯示的事件',
    milestones: '重要事件',
    all: '全部事件',
    kinds: {
      CREATED: '建立批次',
      PAUSED: '已暫停',
      RESUMED: '已繼續',
      CANCELLED: '已取消',
      RETRIED: '失敗與取消的專案重新開始',
      FAILURE_LIMIT_EXCEEDED: '失敗的專案超過上限',
      FINISHED: '批次結束',
    },
    from: (status) => `原為：${status}`,
    sinceStart: (duration) => `+${duration}`,
    sinceStartHint: (duration) => `開始後 ${duration}`,
    older: '載入更早的事件',
    loading: '載入中…',
    failed: '無法載入歷程',
    retry: '再試一次',
    pruned: '更早的事件已從歷程中移除：歷程只保留數週。',
  },
};
