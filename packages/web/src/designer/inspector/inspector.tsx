import { Copy, Trash2 } from 'lucide-react';
import { copySteps, type DraftStep } from '@millrace/spec';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { IconButton } from '../../ui/icon-button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { designerWords } from '../../words/designer.ts';
import { stageOf, verbIcon } from '../canvas/verb-icon.ts';
import { settingFields } from '../model/form-fields.ts';
import { verbEntry } from '../model/verb-entries.ts';
import { useDesigner } from '../state/use-designer.ts';
import { ChecksSection } from './checks-section.tsx';
import { ColumnsSection } from './columns-section.tsx';
import { InputsSection } from './inputs-section.tsx';
import { ProblemNote } from './problem-note.tsx';
import { SettingField } from './setting-field.tsx';

/** Everything that can be set of the selected step, drawn from the language itself. */
export function Inspector({
  onDelete,
}: {
  readonly onDelete: (names: readonly string[]) => void;
}): ReactNode {
  const { state, isReadOnly, focus } = useDesigner();
  const [name, ...others] = state.selected;
  const step = name === undefined ? undefined : state.graph.steps.get(name);
  return (
    <aside
      aria-label={designerWords('inspector')}
      data-part="inspector"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) focus('canvas');
      }}
      className="bg-surface-1 flex min-h-0 flex-1 flex-col overflow-y-auto"
    >
      {step === undefined || others.length > 0 ? (
        <p className="text-ink-3 p-4">
          {others.length > 0
            ? designerWords('selectedCount', { count: state.selected.length })
            : designerWords('selectToSet')}
        </p>
      ) : (
        <StepForm key={step.name} step={step} onDelete={onDelete} isReadOnly={isReadOnly} />
      )}
    </aside>
  );
}

function StepForm({
  step,
  onDelete,
  isReadOnly,
}: {
  readonly step: DraftStep;
  readonly onDelete: (names: readonly string[]) => void;
  readonly isReadOnly: boolean;
}): ReactNode {
  const { state, dispatch, compiled } = useDesigner();
  const { name, verb } = step;
  const entry = verbEntry(verb);
  const Icon = verbIcon(verb);
  const problems = compiled.byStep.get(name) ?? [];
  const fields = verb === undefined || entry === undefined ? [] : settingFields(verb, entry.inputs);
  const shown = new Set(fields.map(({ path }) => path.join('\0')));
  const elsewhere = problems.filter(
    ({ path }) => !shown.has(path.slice(2, 4).join('\0')) && !(path.length > 2 && path[2] === 'checks'),
  );
  const description = step.step['description'];
  return (
    <>
      <header className="border-line sticky top-0 z-10 flex items-center gap-2 border-b bg-inherit px-3 py-2">
        <Icon size={16} aria-hidden className={`text-stage-${stageOf(verb)} shrink-0`} />
        <NameField key={name} name={name} isReadOnly={isReadOnly} />
        <span className="text-ink-3 shrink-0 text-sm">{verb}</span>
        <IconButton
          icon={Copy}
          label={designerWords('copy')}
          keys="Mod+C"
          onClick={() => void navigator.clipboard.writeText(copySteps(state.log.text, [name]))}
        />
        <IconButton
          icon={Trash2}
          label={designerWords('remove')}
          isDisabled={isReadOnly}
          onClick={() => onDelete([name])}
        />
      </header>
      <fieldset disabled={isReadOnly} className="flex flex-col gap-3 p-3">
        <legend className="sr-only">{name}</legend>
        {entry === undefined ? null : <p className="text-ink-3 text-sm">{entry.summary}</p>}
        {elsewhere.map((problem) => (
          <ProblemNote key={`${problem.code}${problem.range.start.offset}`} problem={problem} />
        ))}
        {entry === undefined || entry.inputs.length === 0 ? null : <InputsSection step={step} />}
        {fields.map((field) => (
          <SettingField key={field.path.join('.')} step={step} field={field} />
        ))}
        <ChecksSection step={step} />
        <TextField
          label={designerWords('description')}
          rows={2}
          value={typeof description === 'string' ? description : ''}
          onChange={(value) =>
            dispatch({
              kind: 'edit',
              group: `${name}.description`,
              label: designerWords('description'),
              edits:
                value === ''
                  ? description === undefined
                    ? []
                    : [{ kind: 'removeField', path: ['steps', name, 'description'] }]
                  : [{ kind: 'setField', path: ['steps', name, 'description'], value }],
            })
          }
        />
        <ColumnsSection step={step} />
      </fieldset>
    </>
  );
}

/** The name of the step; taken over on Enter or when the field is left. */
function NameField({ name, isReadOnly }: { readonly name: string; readonly isReadOnly: boolean }): ReactNode {
  const { dispatch } = useDesigner();
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  const take = (): void => {
    if (typed === name) return;
    dispatch({
      kind: 'edit',
      edits: [{ kind: 'renameStep', from: name, to: typed }],
      label: `${name} → ${typed}`,
      select: [typed, name].slice(0, 1),
    });
    setTyped(name);
  };
  return (
    <input
      aria-label={designerWords('name')}
      data-field="name"
      value={typed}
      readOnly={isReadOnly}
      spellCheck={false}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        if (event.key === 'Escape') setTyped(name);
      }}
      className="hover:border-line-strong focus:border-line-strong min-w-0 flex-1 rounded-md border border-transparent bg-transparent px-1 font-medium"
    />
  );
}
