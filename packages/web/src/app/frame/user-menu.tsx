import { useRouter } from '@tanstack/react-router';
import { CircleUserRound, Compass, LogOut, Settings } from 'lucide-react';
import type { ReactNode } from 'react';

import { signOut, useSession } from '../../api/session.ts';
import { Menu } from '../../ui/menu.tsx';
import { frameWords } from '../../words/frame.ts';
import { chooseTheme, useThemeChoice } from '../theme.ts';
import type { ThemeChoice } from '../theme.ts';

const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

/** The theme, and what belongs to the person. */
export function UserMenu(): ReactNode {
  const theme = useThemeChoice();
  const router = useRouter();
  const caller = useSession().data?.caller;
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
        ...(caller?.by === 'session'
          ? [{ kind: 'heading' as const, label: `${caller.name} · ${caller.role}` }]
          : []),
        {
          label: frameWords('takeTour'),
          icon: Compass,
          onSelect: () => router.history.push('/?tour=again'),
        },
        {
          label: frameWords('settings'),
          icon: Settings,
          onSelect: () => router.history.push('/settings'),
        },
        ...(caller?.by === 'session'
          ? [{ label: frameWords('signOut'), icon: LogOut, onSelect: () => void signOut() }]
          : []),
        { kind: 'line' },
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
