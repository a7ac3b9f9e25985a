import { CircleUserRound } from 'lucide-react';
import type { ReactNode } from 'react';

import { Menu } from '../../ui/menu.tsx';
import { frameWords } from '../../words/frame.ts';
import { chooseTheme, useThemeChoice } from '../theme.ts';
import type { ThemeChoice } from '../theme.ts';

const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

/** The theme, and what belongs to the person. */
export function UserMenu(): ReactNode {
  const theme = useThemeChoice();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={frameWords('account')}
          className="text-ink-2 hover:bg-surface-2 hover:text-ink-1 inline-flex size-7 items-center justify-center rounded-md"
        >
          <CircleUserRound size={16} aria-hidden />
        </button>
      }
      entries={[
        { kind: 'heading', label: frameWords('theme') },
        ...THEMES.map((each) => ({
          kind: 'choice' as const,
          label: frameWords(each),
          isChosen: theme === each,
          onSelect: () => chooseTheme(each),
        })),
      ]}
    />
  );
}
