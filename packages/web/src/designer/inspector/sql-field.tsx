import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';

import { CONTROL_LOOK, FieldFrame } from '../../ui/field-frame.tsx';
import type { SqlFieldProps } from './sql-field-props.ts';

const SqlEditor = lazy(async () => ({ default: (await import('./sql-editor.tsx')).SqlEditor }));

/** A field for SQL; the editor itself is loaded when one is first shown. */
export function SqlField(props: SqlFieldProps): ReactNode {
  return (
    <Suspense
      fallback={
        <FieldFrame {...props.frame}>
          <pre className={`${CONTROL_LOOK} overflow-hidden font-mono text-sm`}>{props.value}</pre>
        </FieldFrame>
      }
    >
      <SqlEditor {...props} />
    </Suspense>
  );
}
