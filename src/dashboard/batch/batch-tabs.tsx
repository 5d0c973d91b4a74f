import { Tabs } from '@base-ui/react/tabs';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'wouter';
import type { BatchFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { patiently } from '../api/patiently.ts';
import { Loading } from '../frame/notices.tsx';
import { ProjectsTab } from '../projects/projects-tab.tsx';
import { useTexts } from '../text/locale.ts';
import classes from './batch-tabs.module.css';
import { BATCH_TEXTS } from './texts.ts';

const HistoryTab = lazy(patiently(() => import('../history/history-tab.tsx')));
const PaceTab = lazy(patiently(() => import('../pace/pace-tab.tsx')));

const TABS = ['projects', 'history', 'pace'] as const;

/** The three ways to look into a batch; the one that is open stands in the address. */
export function BatchTabs({ batch }: { batch: BatchFieldsFragment }) {
  const texts = useTexts(BATCH_TEXTS);
  const [params, setParams] = useSearchParams();
  const open = TABS.find((tab) => tab === params.get('tab')) ?? 'projects';
  const show = (tab: (typeof TABS)[number]) =>
    setParams((before) => {
      // The filters of each tab stay for when one comes back.
      const after = new URLSearchParams(before);
      after.delete('tab');
      if (tab !== 'projects') {
        after.set('tab', tab);
      }
      return after;
    });
  return (
    <Tabs.Root value={open} onValueChange={show}>
      <Tabs.List className={classes['list']} activateOnFocus={false}>
        {TABS.map((tab) => (
          <Tabs.Tab key={tab} value={tab} className={classes['tab']}>
            {texts[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Suspense fallback={<Loading />}>
        <Tabs.Panel value="projects" className={classes['panel']}>
          <ProjectsTab batch={batch} />
        </Tabs.Panel>
        <Tabs.Panel value="history" className={classes['panel']}>
          <HistoryTab batchId={batch.id} />
        </Tabs.Panel>
        <Tabs.Panel value="pace" className={classes['panel']}>
          <PaceTab batchId={batch.id} />
        </Tabs.Panel>
      </Suspense>
    </Tabs.Root>
  );
}
