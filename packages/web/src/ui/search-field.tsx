import { Search, X } from 'lucide-react';
import type { ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Takes the whole width of its place. */
  readonly isWide?: boolean;
}

/** Narrows what stands below it while one types; Escape clears it. */
export function SearchField({ label, value, onChange, isWide = false }: SearchFieldProps): ReactNode {
  return (
    <div className={`relative ${isWide ? 'w-full' : 'w-56'}`}>
      <Search size={14} aria-hidden className="text-ink-3 pointer-events-none absolute top-[7px] left-2" />
      <input
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={label}
        value={value}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
        className="bg-surface-1 border-line-strong h-7 w-full rounded-md border pr-7 pl-7"
      />
      {value === '' ? null : (
        <button
          type="button"
          aria-label={uiWords('clearSearch')}
          onClick={() => onChange('')}
          className="text-ink-3 hover:text-ink-1 absolute top-1 right-1 flex size-5 items-center justify-center rounded-sm"
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </div>
  );
}
