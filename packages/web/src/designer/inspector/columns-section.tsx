import type { DraftStep } from '@millrace/spec';
import type { ReactNode } from 'react';

import { designerWords } from '../../words/designer.ts';
import { outputRefs } from '../model/connect-steps.ts';
import { useDesigner } from '../state/use-designer.ts';

/** The columns that the step hands on, as the compiler makes them out. */
export function ColumnsSection({ step }: { readonly step: DraftStep }): ReactNode {
  const { compiled } = useDesigner();
  const schemas = outputRefs(step).flatMap((ref) => {
    const schema = compiled.answer?.schemas[ref];
    return schema === undefined ? [] : [{ ref, ...schema }];
  });
  return schemas.map(({ ref, columns, key }) => (
    <details key={ref} className="group">
      <summary className="cursor-default font-medium">
        {designerWords('columnsOut')} <span className="text-ink-3 font-normal">{columns.length}</span>
        {schemas.length > 1 ? <span className="text-ink-3 font-normal"> · {ref}</span> : null}
      </summary>
      <ul className="mt-1 font-mono text-sm">
        {columns.map(({ name, type, nullable }) => (
          <li key={name} className="flex justify-between gap-2">
            <span className={`truncate ${key.includes(name) ? 'font-semibold' : ''}`}>{name}</span>
            <span className="text-ink-3 shrink-0">
              {type}
              {nullable ? '?' : ''}
            </span>
          </li>
        ))}
      </ul>
    </details>
  ));
}
