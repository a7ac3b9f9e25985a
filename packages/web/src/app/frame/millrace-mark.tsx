import type { ReactNode } from 'react';

/** A millwheel over its race. */
export function MillraceMark({ size = 20 }: { readonly size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="var(--accent)"
      strokeWidth="1.6"
      strokeLinecap="round"
      aria-hidden
      className="shrink-0"
    >
      <circle cx="10" cy="8.5" r="5.7" />
      <circle cx="10" cy="8.5" r="1.2" fill="var(--accent)" stroke="none" />
      <path d="M10 1.2v4.3M10 11.5v4.3M2.7 8.5H7M13 8.5h4.3M4.9 3.4l3 3M12.1 10.6l3 3M15.1 3.4l-3 3M7.9 10.6l-3 3" />
      <path d="M1.2 18.2c1.5 0 1.5-1 3-1s1.5 1 3 1 1.5-1 3-1 1.5 1 3 1 1.5-1 3-1 1.5 1 2.6 1" />
    </svg>
  );
}
