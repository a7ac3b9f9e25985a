import { Plus, X } from 'lucide-react';
import type { DocumentPath, DocumentValue, DraftStep } from '@millrace/spec';
import { useId, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { FieldFrame, type FieldFrameProps } from '../../ui/field-frame.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { designerWords } from '../../words/designer.ts';
import type { Control } from '../model/form-fields.ts';
import { useDesigner } from '../state/use-designer.ts';
import { useFieldEdit } from '../state/use-field-edit.ts';
import { useInputColumns } from '../state/use-input-columns.ts';
import { SqlField } from './sql-field.tsx';

const INPUT = 'bg-surface-1 border-line-strong h-7 min-w-0 rounded-md border px-2 font-mono text-sm';

/** Names with what they stand for: new columns with their expressions, left columns with right ones. */
export function PairsField({
  step,
  frame,
  control,
  path,
  value,
}: {
  readonly step: DraftStep;
  readonly frame: FieldFrameProps;
  readonly control: Extract<Control, { kind: 'pairs' }>;
  readonly path: DocumentPath;
  readonly value: DocumentValue | undefined;
}): ReactNode {
  const { dispatch } = useDesigner();
  const set = useFieldEdit(path);
  const [isAdding, setIsAdding] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [left, right] = [useId(), useId()];
  const keys = useInputColumns(step, control.to === 'column' ? 'first' : 'all');
  const values = useInputColumns(step, 'second');
  const pairs =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const rename = (from: string, to: string): void => {
    setIsAdding(false);
    if (to === '' || to === from) return;
    if (from === '') {
      set({ ...Object.fromEntries(pairs), [to]: control.to === 'sql' ? to : '' });
      requestAnimationFrame(() => {
        const row = [...(box.current?.querySelectorAll<HTMLElement>('[data-pair]') ?? [])].find(
          (each) => each.dataset['pair'] === to,
        );
        row?.querySelector<HTMLElement>('[data-value] :is(input, .cm-content)')?.focus();
      });
    } else dispatch({ kind: 'edit', edits: [{ kind: 'renameField', path: [...path, from], to }], label: to });
  };
  const remove = (name: string): void => {
    const kept = pairs.filter(([other]) => other !== name);
    set(kept.length === 0 ? undefined : Object.fromEntries(kept));
  };
  return (
    <FieldFrame {...frame}>
      <div ref={box} className="flex flex-col gap-1.5">
        {[...pairs, ...(isAdding || pairs.length === 0 ? [['', ''] as const] : [])].map(
          ([name, of], index) => (
            <div
              key={name === '' ? `new ${pairs.length}` : index}
              data-pair={name}
              className="flex items-start gap-1"
            >
              <NameInput
                name={name}
                label={`${frame.label}: ${designerWords('newName')}`}
                list={control.from === 'column' ? left : undefined}
                isFocused={name === '' && isAdding}
                onTake={(to) => rename(name, to)}
              />
              <div data-value className="min-w-0 flex-[1.3]">
                {name === '' ? (
                  <input aria-hidden tabIndex={-1} disabled className={`${INPUT} w-full opacity-50`} />
                ) : control.to === 'sql' ? (
                  <SqlField
                    step={step}
                    frame={{ label: `${frame.label}: ${name}`, isLabelHidden: true, isRequired: true }}
                    path={[...path, name]}
                    value={typeof of === 'string' ? of : JSON.stringify(of)}
                    placeholder=""
                  />
                ) : (
                  <PairValue
                    path={[...path, name]}
                    value={typeof of === 'string' ? of : JSON.stringify(of)}
                    list={right}
                    label={`${frame.label}: ${name}`}
                  />
                )}
              </div>
              <IconButton
                icon={X}
                label={designerWords('removeEntry', { name })}
                isDisabled={name === ''}
                onClick={() => remove(name)}
              />
            </div>
          ),
        )}
        {pairs.length === 0 || isAdding ? null : (
          <div>
            <Button kind="quiet" size="small" icon={Plus} onClick={() => setIsAdding(true)}>
              {designerWords('addEntry')}
            </Button>
          </div>
        )}
        <datalist id={left}>
          {keys.map((column) => (
            <option key={column.name} value={column.name}>
              {column.type}
            </option>
          ))}
        </datalist>
        <datalist id={right}>
          {values.map((column) => (
            <option key={column.name} value={column.name}>
              {column.type}
            </option>
          ))}
        </datalist>
      </div>
    </FieldFrame>
  );
}

function NameInput({
  name,
  label,
  list,
  isFocused,
  onTake,
}: {
  readonly name: string;
  readonly label: string;
  readonly list: string | undefined;
  readonly isFocused: boolean;
  readonly onTake: (name: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(name);
  return (
    <input
      aria-label={label}
      value={typed}
      {...(list === undefined ? {} : { list })}
      autoFocus={isFocused}
      spellCheck={false}
      placeholder={designerWords('newName')}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => onTake(typed.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onTake(typed.trim());
      }}
      className={`${INPUT} w-0 flex-1`}
    />
  );
}

function PairValue({
  path,
  value,
  list,
  label,
}: {
  readonly path: DocumentPath;
  readonly value: string;
  readonly list: string;
  readonly label: string;
}): ReactNode {
  const set = useFieldEdit(path);
  return (
    <input
      aria-label={label}
      value={value}
      list={list}
      spellCheck={false}
      onChange={(event) => set(event.target.value)}
      className={`${INPUT} w-full`}
    />
  );
}
