import { Boxes, Copy, Trash2 } from 'lucide-react';
import { copySteps, type DraftStep } from '@millrace/spec';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { KeyHint } from '../../ui/key-hint.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { designerWords } from '../../words/designer.ts';
import { stageOf, verbIcon } from '../canvas/verb-icon.ts';
import { selectedGroup } from '../model/card-graph.ts';
import { settingFields } from '../model/form-fields.ts';
import { verbEntry } from '../model/verb-entries.ts';
import { useDesigner } from '../state/use-designer.ts';
import { ChecksSection } from './checks-section.tsx';
import { ColumnsSection } from './columns-section.tsx';
import { GroupForm } from './group-form.tsx';
import { InputsSection } from './inputs-section.tsx';
import { NameField } from './name-field.tsx';
import { ProblemNote } from './problem-note.tsx';
import { SettingField } from './setting-field.tsx';

/** Everything that can be set of the selected step, drawn from the language itself; or what can be done with several. */
export function Inspector({
  onDelete,
  onGroup,
}: {
  readonly onDelete: (names: readonly string[]) => void;
  readonly onGroup: () => void;
}): ReactNode {
  const { state, isReadOnly, focus } = useDesigner();
  const [name, ...others] = state.selected;
  const step = name === undefined ? undefined : state.graph.steps.get(name);
  const whole = selectedGroup(state.draft.groups, state.selected);
  // A step that is a group by itself is a step, while it can be seen.
  const group =
    whole !== undefined && (others.length > 0 || state.collapsed.has(whole.name)) ? whole : undefined;
  return (
    <aside
      aria-label={designerWords('inspector')}
      data-part="inspector"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) focus('canvas');
      }}
      className="bg-surface-1 flex min-h-0 flex-1 flex-col overflow-y-auto"
    >
      {group !== undefined ? (
        <GroupForm key={group.name} group={group} />
      ) : others.length > 0 ? (
        <div className="flex flex-col gap-3 p-4">
          <p className="text-ink-2">{designerWords('selectedCount', { count: state.selected.length })}</p>
          <div className="flex flex-wrap gap-2">
            <Button size="small" icon={Boxes} isDisabled={isReadOnly} onClick={onGroup}>
              {designerWords('group')} <KeyHint keys="Mod+G" />
            </Button>
            <Button
              size="small"
              icon={Trash2}
              isDisabled={isReadOnly}
              onClick={() => onDelete(state.selected)}
            >
              {designerWords('remove')}
            </Button>
          </div>
        </div>
      ) : step === undefined ? (
        <p className="text-ink-3 p-4">{designerWords('selectToSet')}</p>
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
        <NameField
          key={name}
          name={name}
          isReadOnly={isReadOnly}
          onRename={(to) =>
            dispatch({
              kind: 'edit',
              edits: [{ kind: 'renameStep', from: name, to }],
              label: `${name} → ${to}`,
              select: [to],
            })
          }
        />
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
