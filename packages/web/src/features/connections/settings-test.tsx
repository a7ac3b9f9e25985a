import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';

import { ErrorPanel } from '../../ui/error-panel.tsx';
import { connectionWords } from '../../words/connections.ts';

export interface TestResult {
  readonly product: string;
  readonly version: string;
  readonly milliseconds: number;
}

/** What came of a test of settings: the server that answered, or why none did. */
export function SettingsTest({
  result,
  error,
}: {
  readonly result: TestResult | undefined;
  readonly error: Error | null;
}): ReactNode {
  if (error !== null) return <ErrorPanel title={connectionWords('testFailed')} error={error} />;
  if (result === undefined) return null;
  return (
    <p role="status" className="border-ok bg-ok-soft flex items-center gap-2 rounded-md border-l-3 p-3">
      <CircleCheck size={16} aria-hidden className="text-ok shrink-0" />
      {connectionWords('answered', {
        product: result.product,
        version: result.version,
        ms: result.milliseconds,
      })}
    </p>
  );
}
