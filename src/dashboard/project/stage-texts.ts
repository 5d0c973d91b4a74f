import type { Stage } from '../../generated/dashboard-gql/graphql.ts';
import type { Translations } from '../text/locale.ts';

/** What the stages are called. */
export const STAGE_TEXTS: Translations<Record<Stage, string>> = {
  en: { SCRIPT: 'Script', ASSETS: 'Assets', RENDER: 'Render', THUMBNAIL: 'Thumbnail', UPLOAD: 'Upload' },
  'zh-Hant': { SCRIPT: '腳本', ASSETS: '素材', RENDER: '算圖', THUMBNAIL: '縮圖', UPLOAD: '上傳' },
};
