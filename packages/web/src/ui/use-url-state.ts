import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

import { plainText } from './plain-text.ts';

/**
 * A filter, a tab or a sort that lives in the URL: `[value, set]`. The default stands for itself and is left out of the
 * URL. Setting replaces the entry of the history, so that Back leaves the page.
 */
export function useUrlState(name: string, initial = ''): readonly [string, (value: string) => void] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const found = search[name];
  const set = useCallback(
    (value: string) => {
      void navigate({
        to: '.',
        replace: true,
        search: (previous: Record<string, unknown>) => ({
          ...previous,
          [name]: value === initial ? undefined : value,
        }),
      });
    },
    [navigate, name, initial],
  );
  return [found === undefined ? initial : plainText(found), set];
}
