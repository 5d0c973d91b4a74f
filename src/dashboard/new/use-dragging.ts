import { useEffect, useEffectEvent, useState } from 'react';

/** Whether files are being dragged over the page, and what ends that. */
export function useDragging(onEarlyDrop: (files: readonly File[]) => void): [isDragging: boolean, end: () => void] {
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
    document.addEventListener('dragenter', (event) => hasFiles(event) && setDragging(true), { signal });
    document.addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault(), { signal });
    document.addEventListener('drop', (event) => hasFiles(event) && onDrop(event), { signal });
    return () => over.abort();
  }, []);
  return [isDragging, () => setDragging(false)];
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
