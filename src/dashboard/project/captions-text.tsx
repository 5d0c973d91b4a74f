import { useEffect, useState } from 'react';
import { useTexts } from '../text/locale.ts';
import { type Caption, placeInVideo, readCaptions } from './captions.ts';
import classes from './captions-text.module.css';
import { PROJECT_TEXTS } from './texts.ts';

/** The captions of a video as text. `onSeek`, where the video plays: takes it to a caption. */
export function CaptionsText({ url, onSeek }: { url: string; onSeek: ((ms: number) => void) | undefined }) {
  const texts = useTexts(PROJECT_TEXTS);
  const [captions, setCaptions] = useState<readonly Caption[] | 'loading' | 'failed'>('loading');
  useEffect(() => {
    const over = new AbortController();
    fetchCaptions(url, over.signal)
      .catch(() => 'failed' as const)
      .then((found) => over.signal.aborted || setCaptions(found));
    return () => over.abort();
  }, [url]);
  if (captions === 'loading') {
    return <p role="status">{texts.loading}</p>;
  }
  if (captions === 'failed') {
    return <p role="alert">{texts.captionsFailed}</p>;
  }
  return (
    <ol className={classes['captions']}>
      {captions.map(({ startMs, text }) => (
        <li key={startMs}>
          {onSeek === undefined ? (
            <span className={classes['time']}>{placeInVideo(startMs)}</span>
          ) : (
            <button
              type="button"
              className={classes['time']}
              aria-label={texts.jumpTo(placeInVideo(startMs))}
              onClick={() => onSeek(startMs)}
            >
              {placeInVideo(startMs)}
            </button>
          )}
          <p>{text}</p>
        </li>
      ))}
    </ol>
  );
}

async function fetchCaptions(url: string, signal: AbortSignal): Promise<Caption[]> {
  const response = await fetch(url, { signal });
  if (!response.ok) {
    throw new Error(`${url}: ${response.status}`);
  }
  return readCaptions(await response.text());
}
