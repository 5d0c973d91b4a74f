import { useEffect, useEffectEvent, useState } from 'react';

/** Whether files are being dragged over the page. `onEarlyDrop` gets what is dropped where nothing takes it. */
export function useDragging(onEarlyDrop: (files: readonly File[]) => void): boolean {
  const [isDragging, setDragging] = useState(false);
  const onDrop = useEffectEvent((event: DragEvent) => {
    setDragging(false);
    // Else the browser leaves the page for the file.
    if (!event.defaultPrevented) {
      event.preventDefault();
      onEarlyDrop([...(event.dataTransfer?.files ?? [])]);
    }
  });
  useEffect(() => {
    const over = new AbortController();
    const { signal } = over;
    const onOver = (event: DragEvent) => {
      if (hasFiles(event)) {
        event.preventDefault();
        setDragging(true);
      }
    };
    document.addEventListener('dragenter', onOver, { signal });
    document.addEventListener('dragover', onOver, { signal });
    // To nowhere: out of the window, or it was given up.
    document.addEventListener('dragleave', (event) => event.relatedTarget === null && setDragging(false), { signal });
    // While something is dragged there are no events of a pointer.
    document.addEventListener('pointermove', () => setDragging(false), { signal });
    document.addEventListener('drop', (event) => hasFiles(event) && onDrop(event), { signal });
    return () => over.abort();
  }, []);
  return isDragging;
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
