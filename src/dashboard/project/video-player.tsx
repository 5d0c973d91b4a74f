import { type RefObject, useState } from 'react';
import type { ProjectFieldsFragment } from '../../generated/dashboard-gql/graphql.ts';
import { useTexts } from '../text/locale.ts';
import { Button } from '../widgets/button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { fileUrl } from './file-url.ts';
import { PROJECT_TEXTS } from './texts.ts';
import classes from './video-player.module.css';

/** Why a video does not play. */
type Problem = 'unplayable' | 'gone' | 'notReached';

/** Plays the video of a project in place; where that can't be done, says why. `videoUrl` is there. */
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
  const source = fileUrl(videoUrl, project);
  const poster = thumbnailUrl === null ? undefined : fileUrl(thumbnailUrl, project);
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
        onError={() => void findProblem(source).then(setProblem)}
      >
        <track
          kind="captions"
          label={texts.captions}
          src={captionsUrl === null ? undefined : fileUrl(captionsUrl, project)}
        />
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
