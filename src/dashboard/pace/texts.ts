import { counted } from '../text/counted.ts';
import type { Translations } from '../text/locale.ts';

const en = {
  title: 'Projects completed over time',
  notStarted: 'Nothing has started yet',
  notStartedHint: 'The chart begins with the first project.',
  failed: 'The pace could not be loaded',
  retry: 'Try again',
  done: (completed: string, total: number) => `${completed} of ${counted(total, 'project', 'projects')}`,
  perMinute: (rate: string) => `${rate} per minute`,
  perHour: (rate: string) => `${rate} per hour`,
  completed: (count: string) => `${count} completed`,
  summary: (completed: number, total: number, from: string, to: string) =>
    `${completed.toLocaleString('en')} of ${counted(total, 'project', 'projects')} completed from ${from} to ${to}. The same as a table below.`,
  total: (total: string) => `All ${total}`,
  moment: 'Moment',
  asTable: 'The chart as a table',
  time: 'Time',
  count: 'Completed',
  stages: 'Stages',
  stage: 'Stage',
  mean: 'Average time',
  measured: 'Measured',
  remaining: 'To do',
  notMeasured: 'not measured yet',
};

export const PACE_TEXTS: Translations<typeof en> = {
  en,
  'zh-Hant': {
    title: '完成數隨時間的變化',
    notStarted: '尚未開始',
    notStartedHint: '第一個專案開始後就會有圖表。',
    failed: '無法載入速度資料',
    retry: '再試一次',
    done: (completed, total) => `${total.toLocaleString('zh-Hant')} 個專案中的 ${completed} 個`,
    perMinute: (rate) => `每分鐘 ${rate} 個`,
    perHour: (rate) => `每小時 ${rate} 個`,
    completed: (count) => `已完成 ${count} 個`,
    summary: (completed, total, from, to) =>
      `從 ${from} 到 ${to}，${total.toLocaleString('zh-Hant')} 個專案中完成了 ${completed.toLocaleString('zh-Hant')} 個。下方有相同內容的表格。`,
    total: (total) => `全部 ${total} 個`,
    moment: '時間點',
    asTable: '以表格顯示',
    time: '時間',
    count: '已完成',
    stages: '各階段',
    stage: '階段',
    mean: '平均耗時',
    measured: '已量測專案',
    remaining: '待處理專案',
    notMeasured: '尚未量測',
  },
};
