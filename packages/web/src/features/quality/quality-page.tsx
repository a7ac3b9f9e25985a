import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { useOperation } from '../../api/use-operation.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { qualityWords } from '../../words/quality.ts';
import { AnomalyList } from './anomaly-list.tsx';
import { CheckList } from './check-list.tsx';
import { DecisionList } from './decision-list.tsx';
import { QuarantineGroups } from './quarantine-groups.tsx';

const TABS = ['quarantine', 'decisions', 'checks', 'anomalies'] as const;
type TabName = (typeof TABS)[number];

/** What is wrong, or may be: rows that wait for a person, checks, and unusual figures. */
export function QualityPage(): ReactNode {
  const [text, setTab] = useUrlState('tab', 'quarantine');
  const tab: TabName = TABS.find((name) => name === text) ?? 'quarantine';
  const findings = useOperation('quality/list-findings', {});
  const failure =
    findings.error !== null && findings.data === undefined ? (
      <div className="p-4">
        <ErrorPanel
          title={qualityWords('failed')}
          error={findings.error}
          onRetry={() => void findings.refetch()}
        />
      </div>
    ) : null;
  const content: Readonly<Record<TabName, ReactNode>> = {
    quarantine: <QuarantineGroups />,
    decisions: <DecisionList />,
    checks: failure ?? <CheckList checks={findings.data?.checks} />,
    anomalies: failure ?? <AnomalyList anomalies={findings.data?.anomalies} />,
  };
  return (
    <>
      <PageHeader title={qualityWords('title')} icon={ShieldCheck} />
      <Tabs<TabName>
        label={qualityWords('title')}
        value={tab}
        onChange={setTab}
        tabs={TABS.map((value) => ({ value, label: qualityWords(value), content: content[value] }))}
      />
    </>
  );
}
