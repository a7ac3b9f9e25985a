import { X } from 'lucide-react';
import type { DocumentValue, DraftStep } from '@millrace/spec';
import type { ReactNode } from 'react';

import { IconButton } from '../../ui/icon-button.tsx';
import { designerWords } from '../../words/designer.ts';
import { CHECK_ENTRIES, verbEntry } from '../model/verb-entries.ts';
import { useDesigner } from '../state/use-designer.ts';
import { ProblemNote } from './problem-note.tsx';
import { YamlField } from './yaml-field.tsx';

/** What must hold for the rows of the step. */
export function ChecksSection({ step }: { readonly step: DraftStep }): ReactNode {
  const { dispatch, compiled } = useDesigner();
  const { name } = step;
  if (verbEntry(step.verb)?.isReadable !== true) return null;
  const written = step.step['checks'];
  const checks: readonly DocumentValue[] = Array.isArray(written) ? written : [];
  const problems = (compiled.byStep.get(name) ?? []).filter(({ path }) => path[2] === 'checks');
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium">
        {designerWords('checks')} <span className="text-ink-3 font-normal">{checks.length}</span>
      </p>
      {checks.map((check, index) => {
        const [kind = ''] = typeof check === 'object' && check !== null ? Object.keys(check) : [];
        const path = ['steps', name, 'checks', index];
        return (
          <div key={`${index}:${kind}`} className="border-stage-check flex flex-col gap-1 border-l-2 pl-2">
            <div className="flex items-center justify-between">
              <span className="text-sm font-medium">{kind}</span>
              <IconButton
                icon={X}
                label={designerWords('removeCheck')}
                onClick={() =>
                  dispatch({
                    kind: 'edit',
                    label: designerWords('removeCheck'),
                    edits: [{ kind: 'removeField', path: checks.length === 1 ? path.slice(0, -1) : path }],
                  })
                }
              />
            </div>
            <YamlField
              label={kind}
              path={[...path, kind]}
              value={typeof check === 'object' && check !== null ? Reflect.get(check, kind) : null}
            />
            {problems
              .filter((problem) => problem.path[3] === index)
              .map((problem) => (
                <ProblemNote key={`${problem.code}${problem.range.start.offset}`} problem={problem} />
              ))}
          </div>
        );
      })}
      <select
        aria-label={designerWords('addCheck')}
        className="bg-surface-1 border-line-strong h-7 rounded-md border px-2"
        value=""
        onChange={(event) => {
          const entry = CHECK_ENTRIES.find((candidate) => candidate.name === event.target.value);
          if (entry === undefined) return;
          dispatch({
            kind: 'edit',
            label: `+ ${entry.name}`,
            edits: [
              {
                kind: 'setField',
                path: ['steps', name, 'checks', checks.length],
                value: { [entry.name]: entry.example },
              },
            ],
          });
        }}
      >
        <option value="">{designerWords('addCheck')}</option>
        {CHECK_ENTRIES.map((entry) => (
          <option key={entry.name} value={entry.name} title={entry.summary}>
            {entry.name}
          </option>
        ))}
      </select>
    </div>
  );
}
