const PATHS = {
  pause: 'M8 5v14M16 5v14',
  resume: 'M7 4.5v15l12-7.5z',
  cancel: 'M6 6h12v12H6z',
  retry: 'M4 12a8 8 0 1 1 2.6 5.9M4 18.5V12h6.5',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM20 20l-4.9-4.9',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  down: 'M6 9l6 6 6-6',
  settings:
    'M4 7h8M16.5 7H20M4 17h3.5M12 17h8M14.25 9.25a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5zM9.75 19.25a2.25 2.25 0 1 0 0-4.5 2.25 2.25 0 0 0 0 4.5z',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6',
  upload: 'M12 16V4M7 9l5-5 5 5M4 16v4h16v-4',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
  alert: 'M12 8v5M12 16.5v.01M12 3l9.5 17h-19z',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  video: 'M3 6h12v12H3zM15 10l6-3v10l-6-3z',
} as const;

/** The pictures there are. */
export type IconName = keyof typeof PATHS;

/** A small picture beside a text or in a button that has a name of its own: screen readers pass it over. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
