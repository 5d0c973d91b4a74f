import { type RefObject, type SyntheticEvent, useRef, useState } from 'react';
import type { ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { fileUrl } from './file-url.ts';
import { PROJECT_TEXTS } from './texts.ts';
import classes from './video-player.module.css';

/** Why a video does not play. */
type Problem = 'unplayable' | 'gone' | 'notReached';

/** The addresses of what a player shows. */
interface Files {
  readonly source: string;
  readonly poster: string | undefined;
  readonly captions: string | undefined;
}

/**
 * Plays the video of a project in place; where that can't be done, says why. `videoUrl` is there. It
 * goes on with the addresses that it began with, as long as they are good: another one would make the
 * browser begin anew.
 */
export function VideoPlayer({
  project,
  videoUrl,
  player,
}: {
  project: ProjectFieldsFragment;
  videoUrl: string;
  player: RefObject<HTMLVideoElement | null>;
}) {
  const texts = useTexts(PROJECT_TEXTS);
  const [problem, setProblem] = useState<Problem>();
  const { name, thumbnailUrl, captionsUrl } = project;
  const latest: Files = {
    source: fileUrl(videoUrl, project),
    poster: thumbnailUrl === null ? undefined : fileUrl(thumbnailUrl, project),
    captions: captionsUrl === null ? undefined : fileUrl(captionsUrl, project),
  };
  const [files, setFiles] = useState(latest);
  const interrupted = useRef<{ readonly at: number; readonly wasPlaying: boolean }>(undefined);
  const isOld = files.source !== latest.source;
  if (problem !== undefined && isOld) {
    setFiles(latest);
    setProblem(undefined);
  }
  const { source, poster, captions } = files;
  const fail = ({ currentTarget: { currentTime, paused } }: SyntheticEvent<HTMLVideoElement>) => {
    interrupted.current ??= { at: currentTime, wasPlaying: !paused };
    if (isOld) {
      setFiles(latest);
    } else {
      void findProblem(source).then(setProblem);
    }
  };
  const goOn = ({ currentTarget }: SyntheticEvent<HTMLVideoElement>) => {
    if (interrupted.current !== undefined) {
      currentTarget.currentTime = interrupted.current.at;
      if (interrupted.current.wasPlaying) {
        void currentTarget.play().catch(() => {});
      }
      interrupted.current = undefined;
    }
  };
  if (problem === undefined) {
    return (
      <video
        ref={player}
        className={classes['frame']}
        controls
        playsInline
        preload="metadata"
        aria-label={name}
        src={source}
        poster={poster}
        onError={fail}
        onLoadedMetadata={goOn}
      >
        <track kind="captions" label={texts.captions} src={captions} />
      </video>
    );
  }
  return (
    <div className={classes['problem']}>
      {poster !== undefined && problem !== 'gone' && (
        <img className={classes['frame']} src={poster} alt={texts.thumbnailOf(name)} />
      )}
      <div className={classes['note']} role="alert" data-testid="video-problem">
        <Icon name="alert" />
        <p>
          {texts[problem]} {problem === 'unplayable' && texts.unplayableHint}
        </p>
        {problem === 'notReached' && <Button onClick={() => setProblem(undefined)}>{texts.retryLoading}</Button>}
      </div>
    </div>
  );
}

/** A browser tells no difference between a file that it can't play and one that it did not get. */
async function findProblem(source: string): Promise<Problem> {
  try {
    const response = await fetch(source, { method: 'HEAD' });
    return response.ok ? 'unplayable' : response.status === 404 ? 'gone' : 'notReached';
  } catch {
    return 'notReached';
  }
}
