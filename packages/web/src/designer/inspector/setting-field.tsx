import type { DocumentPath, DocumentValue, DraftStep } from '@millrace/spec';
import { useState } from 'react';
import type { ReactNode } from 'react';

import { FieldFrame } from '../../ui/field-frame.tsx';
import { SwitchField } from '../../ui/switch-field.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { designerWords } from '../../words/designer.ts';
import type { Control, FormField } from '../model/form-fields.ts';
import { useDesigner } from '../state/use-designer.ts';
import { useFieldEdit } from '../state/use-field-edit.ts';
import { ListField } from './list-field.tsx';
import { PairsField } from './pairs-field.tsx';
import { ProblemNote } from './problem-note.tsx';
import { SqlField } from './sql-field.tsx';
import { YamlField } from './yaml-field.tsx';

/** One setting of a step with what is wrong with it. */
export function SettingField({
  step,
  field,
}: {
  readonly step: DraftStep;
  readonly field: FormField;
}): ReactNode {
  const { compiled } = useDesigner();
  const value = valueAt(step.step, field.path);
  const path: DocumentPath = ['steps', step.name, ...field.path];
  const problems = (compiled.byStep.get(step.name) ?? []).filter(
    ({ path: at }) => path.every((part, index) => at[index] === part) && field.control.kind !== 'group',
  );
  return (
    <div data-field={field.path.join('.')} className="flex flex-col gap-1">
      <ControlOf step={step} field={field} control={field.control} path={path} value={value} />
      {problems.map((problem) => (
        <ProblemNote key={`${problem.code}${problem.range.start.offset}`} problem={problem} />
      ))}
    </div>
  );
}

interface ControlProps {
  readonly step: DraftStep;
  readonly field: FormField;
  readonly control: Control;
  readonly path: DocumentPath;
  readonly value: DocumentValue | undefined;
}

function ControlOf({ step, field, control, path, value }: ControlProps): ReactNode {
  const { connections } = useDesigner();
  const set = useFieldEdit(path);
  const { label, help, isRequired, example } = field;
  const frame = {
    label,
    help: (
      <span className="line-clamp-2" title={help}>
        {help}
      </span>
    ),
    isRequired,
  };
  switch (control.kind) {
    case 'text':
    case 'column':
      return (
        <TextField
          {...frame}
          isMono
          placeholder={example}
          value={textOf(value)}
          onChange={(text) => set(text === '' ? undefined : text)}
        />
      );
    case 'sql':
      return <SqlField step={step} frame={frame} path={path} value={textOf(value)} placeholder={example} />;
    case 'number':
      return (
        <TextField
          {...frame}
          isMono
          placeholder={example}
          value={textOf(value)}
          onChange={(text) => set(text === '' ? undefined : Number.isNaN(Number(text)) ? text : Number(text))}
        />
      );
    case 'switch':
      return <SwitchField label={label} help={help} isOn={value === true} onChange={(isOn) => set(isOn)} />;
    case 'choice':
    case 'connection': {
      const options =
        control.kind === 'choice'
          ? control.options
          : connections
              .filter(({ isSource, isDestination }) =>
                step.verb === 'destination' || path.includes('into') ? isDestination : isSource,
              )
              .map(({ name }) => name);
      const current = textOf(value);
      return (
        <FieldFrame {...frame}>
          <select
            aria-label={label}
            className="bg-surface-1 border-line-strong h-7 rounded-md border px-2"
            value={current}
            onChange={(event) => set(event.target.value === '' ? undefined : event.target.value)}
          >
            <option value="">{isRequired ? designerWords('nothing') : '–'}</option>
            {[...new Set([...(current === '' ? [] : [current]), ...options])].map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </FieldFrame>
      );
    }
    case 'list':
      return <ListField step={step} frame={frame} control={control} path={path} value={value} />;
    case 'pairs':
      return <PairsField step={step} frame={frame} control={control} path={path} value={value} />;
    case 'group':
      return (
        <details open={value !== undefined || isRequired} className="border-line rounded-md border px-2 py-1">
          <summary className="cursor-default font-medium">{label}</summary>
          <div className="flex flex-col gap-3 py-2">
            {control.fields.map((inner) => (
              <SettingField key={inner.path.join('.')} step={step} field={inner} />
            ))}
          </div>
        </details>
      );
    case 'either':
      return <EitherField step={step} field={field} control={control} path={path} value={value} />;
    case 'yaml':
      return (
        <FieldFrame {...frame}>
          <YamlField label={label} path={path} value={value ?? null} placeholder={example} />
        </FieldFrame>
      );
  }
}

/** A value with more than one form: that of what is there, and for an empty one a choice. */
function EitherField({
  control,
  value,
  ...rest
}: Omit<ControlProps, 'control'> & { readonly control: Extract<Control, { kind: 'either' }> }): ReactNode {
  const present = control.of.findIndex((each) => isFormOf(each, value));
  const [chosen, setChosen] = useState(0);
  const shown = control.of[present < 0 ? chosen : present] ?? control.of[0];
  if (shown === undefined) return null;
  return (
    <div className="flex flex-col gap-1">
      <ControlOf {...rest} control={shown} value={value} />
      {present >= 0 ? null : (
        <div className="flex gap-1" role="group" aria-label={rest.field.label}>
          {control.of.map((each, index) => (
            <button
              key={each.kind}
              type="button"
              aria-pressed={index === chosen}
              onClick={() => setChosen(index)}
              className={`rounded-sm px-1.5 text-sm ${index === chosen ? 'bg-surface-3 text-ink-1' : 'text-ink-2 hover:bg-surface-2'}`}
            >
              {designerWords(each.kind === 'pairs' ? 'asPairs' : each.kind === 'list' ? 'asList' : 'asText')}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function isFormOf(control: Control, value: DocumentValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return control.kind === 'list';
  if (typeof value === 'object') return control.kind === 'pairs' || control.kind === 'group';
  return control.kind !== 'list' && control.kind !== 'pairs' && control.kind !== 'group';
}

export function valueAt(value: DocumentValue, path: DocumentPath): DocumentValue | undefined {
  let current: DocumentValue | undefined = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = new Map<string, DocumentValue>(Object.entries(current)).get(String(part));
  }
  return current;
}

function textOf(value: DocumentValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
