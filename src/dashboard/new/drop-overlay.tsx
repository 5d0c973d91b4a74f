import { useDropzone } from 'react-dropzone';
import { useTexts } from '../text/locale.ts';
import { Icon } from '../widgets/icon.tsx';
import classes from './drop-overlay.module.css';
import type { FileOfFolder } from './read-files.ts';
import { NEW_BATCH_TEXTS } from './texts.ts';

/** Lies over the page while files are dragged, and takes them, with what is in folders. */
export default function DropOverlay({
  isShown,
  onFiles,
  onError,
}: {
  isShown: boolean;
  onFiles: (files: readonly FileOfFolder[]) => void;
  onError: () => void;
}) {
  const texts = useTexts(NEW_BATCH_TEXTS);
  const { getRootProps } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noPaste: true,
    onDrop: (files) => onFiles(files),
    onError,
  });
  return (
    <div
      {...getRootProps({ role: 'presentation', tabIndex: undefined })}
      className={classes['overlay']}
      hidden={!isShown}
      data-testid="drop"
    >
      <div className={classes['text']}>
        <Icon name="upload" size={28} />
        {texts.dropNow}
      </div>
    </div>
  );
}
