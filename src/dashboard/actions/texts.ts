import { counted } from '../text/counted.ts';
import type { Translations } from '../text/locale.ts';

const en = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Retry',
  of: (action: string, name: string) => `${action}: ${name}`,
  failed: (action: string, name: string) => `${action} did not work: ${name}`,
  notReached: 'The service was not reached. Look at the batch before you try again.',
  cancelTitle: (name: string) => `Cancel “${name}”?`,
  cancelText: (waiting: number, running: number) =>
    `This cancels ${counted(waiting + running, 'project', 'projects')}: ${waiting.toLocaleString('en')} waiting, ${running.toLocaleString('en')} running. Finished videos stay, and cancelled projects can be retried.`,
  cancelConfirm: (total: number) => `Cancel ${counted(total, 'project', 'projects')}`,
  keep: 'Keep going',
  retried: (count: number) => `${counted(count, 'project goes', 'projects go')} back to work`,
};

export const ACTION_TEXTS: Translations<typeof en> = {
  en,
  'zh-Hant': {
    pause: '暫停',
    resume: '繼續',
    cancel: '取消',
    retry: '重試',
    of: (action, name) => `${action}：${name}`,
    failed: (action, name) => `無法${action}：${name}`,
    notReached: '無法連線到服務。再試之前請先查看批次狀態。',
    cancelTitle: (name) => `要取消「${name}」嗎？`,
    cancelText: (waiting, running) =>
      `這會取消 ${(waiting + running).toLocaleString('zh-Hant')} 個專案：${waiting.toLocaleString('zh-Hant')} 個等待中、${running.toLocaleString('zh-Hant')} 個執行中。已完成的影片會保留，取消的專案可以重試。`,
    cancelConfirm: (total) => `取消 ${total.toLocaleString('zh-Hant')} 個專案`,
    keep: '繼續執行',
    retried: (count) => `${count.toLocaleString('zh-Hant')} 個專案重新開始`,
  },
};
