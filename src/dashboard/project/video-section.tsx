import { useRef } from 'react';
import type { ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { groupOf } from '../batch/groups.ts';
import { useTexts } from '../text/locale.ts';
import { buttonClass } from '../widgets/button.tsx';
import { Disclosure } from '../widgets/disclosure.tsx';
import { Icon } from '../widgets/icon.tsx';
import { CaptionsText } from './captions-text.tsx';
import { fileKey, fileUrl } from './file-url.ts';
import classes from './project-dialog.module.css';
import { PROJECT_TEXTS } from './texts.ts';
import { VideoPlayer } from './video-player.tsx';

/** What has become of a project: its video, its thumbnail and its captions, to look at and to take away. */
export function VideoSection({ project }: { project: ProjectFieldsFragment }) {
  const texts = useTexts(PROJECT_TEXTS);
  const player = useRef<HTMLVideoElement>(null);
  const { name, videoUrl, thumbnailUrl, captionsUrl, youtubeUrl, status } = project;
  const seek = (ms: number) => {
    if (player.current !== null) {
      player.current.currentTime = ms / 1_000;
      void player.current.play().catch(() => {});
    }
  };
  const files = [
    { url: videoUrl, text: texts.downloadVideo, ending: 'mp4' },
    { url: thumbnailUrl, text: texts.thumbnail, ending: 'jpg' },
    { url: captionsUrl, text: texts.captions, ending: 'vtt' },
  ];
  return (
    <section className={classes['section']} aria-labelledby="project-video">
      <h3 id="project-video">{texts.video}</h3>
      {videoUrl === null ? (
        <p className={classes['note']}>
          {groupOf(status) === 'failed' || groupOf(status) === 'cancelled' ? texts.noVideoEnded : texts.noVideo}
        </p>
      ) : (
        <VideoPlayer key={fileKey(videoUrl, project)} project={project} videoUrl={videoUrl} player={player} />
      )}
      <p className={classes['links']}>
        {files.map(
          ({ url, text, ending }) =>
            url !== null && (
              <a
                key={ending}
                className={buttonClass('plain')}
                href={fileUrl(url, project)}
                download={`${name}.${ending}`}
              >
                {ending === 'mp4' && <Icon name="video" />}
                {text}
              </a>
            ),
        )}
        {youtubeUrl !== null && (
          <a className={buttonClass('plain')} href={youtubeUrl} target="_blank" rel="noreferrer">
            <Icon name="external" />
            {texts.youtube}
          </a>
        )}
      </p>
      {captionsUrl !== null && (
        <Disclosure title={texts.readCaptions}>
          <CaptionsText url={fileUrl(captionsUrl, project)} onSeek={videoUrl === null ? undefined : seek} />
        </Disclosure>
      )}
    </section>
  );
}
