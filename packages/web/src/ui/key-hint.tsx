import type { ReactNode } from 'react';

const isApple = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '');

/** Keys as they are printed on the keyboard: `Mod+K` is ⌘K on a Mac and Ctrl K elsewhere. */
export function KeyHint({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {keys.split('+').map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-current/25 px-1 font-sans text-xs leading-none"
        >
          {key === 'Mod' ? (isApple ? '⌘' : 'Ctrl') : key}
        </kbd>
      ))}
    </span>
  );
}
