import { Settings } from 'lucide-react';
import type { ReactNode } from 'react';

import { useSession } from '../../api/session.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import type { Tab } from '../../ui/tabs.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { settingsWords } from '../../words/settings.ts';
import { AccountPanel } from './account-panel.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { SecretsPanel } from './secrets-panel.tsx';
import { TokensPanel } from './tokens-panel.tsx';
import { UsersPanel } from './users-panel.tsx';

/** What belongs to the person, and what the owners of the project see of people; each in a tab that may be seen. */
export function SettingsPage(): ReactNode {
  const { data } = useSession();
  const [tab, setTab] = useUrlState('tab', 'account');
  const permissions = data?.permissions ?? [];
  const tabs: readonly Tab[] = [
    { value: 'account', label: settingsWords('account'), content: <AccountPanel /> },
    ...(permissions.includes('account.read')
      ? [{ value: 'tokens', label: settingsWords('tokens'), content: <TokensPanel /> }]
      : []),
    ...(permissions.includes('user.read')
      ? [{ value: 'users', label: settingsWords('users'), content: <UsersPanel /> }]
      : []),
    ...(permissions.includes('secret.read')
      ? [{ value: 'secrets', label: settingsWords('secrets'), content: <SecretsPanel /> }]
      : []),
    ...(permissions.includes('audit.read')
      ? [{ value: 'audit', label: settingsWords('audit'), content: <AuditPanel /> }]
      : []),
  ];
  const open = tabs.some(({ value }) => value === tab) ? tab : 'account';
  return (
    <>
      <PageHeader title={settingsWords('title')} icon={Settings} />
      <Tabs label={settingsWords('title')} tabs={tabs} value={open} onChange={setTab} />
    </>
  );
}
