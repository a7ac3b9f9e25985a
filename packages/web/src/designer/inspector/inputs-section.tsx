import { X } from 'lucide-react';
import type { DraftStep } from '@millrace/spec';
import type { ReactNode } from 'react';

import { IconButton } from '../../ui/icon-button.tsx';
import { designerWords } from '../../words/designer.ts';
import { fits, inputPorts, outputRefs } from '../model/connect-steps.ts';
import { useDesigner } from '../state/use-designer.ts';

const SELECT = 'bg-surface-1 border-line-strong h-7 w-full min-w-0 rounded-md border px-2';

/** What the step reads, chosen from the steps that fit: connections without a mouse. */
export function InputsSection({ step }: { readonly step: DraftStep }): ReactNode {
  const { state, dispatch } = useDesigner();
  const { graph } = state;
  const { name } = step;
  const fitting = [...graph.steps.values()].flatMap((other) =>
    fits(graph, other.name, name) ? outputRefs(other) : [],
  );
  const connect = (from: string, input: readonly (string | number)[] | undefined): void =>
    dispatch({
      kind: 'edit',
      label: `${from} → ${name}`,
      edits: [{ kind: 'connect', from, to: name, ...(input === undefined ? {} : { input }) }],
    });
  const disconnect = (input: readonly (string | number)[], from: string): void =>
    dispatch({ kind: 'edit', label: `${from} ✕ ${name}`, edits: [{ kind: 'disconnect', to: name, input }] });
  const ports = inputPorts(step, graph);
  return (
    <div className="flex flex-col gap-1">
      <p className="font-medium">{designerWords('readsFrom')}</p>
      {ports.map((port) => {
        if (port.input !== undefined) {
          const { input } = port;
          const current = step.inputs.find(({ path }) => path.slice(1).join('.') === port.id);
          return (
            <label key={port.id} className="flex items-center gap-2">
              {ports.length > 1 ? (
                <span className="text-ink-2 w-10 shrink-0 text-sm">{port.label}</span>
              ) : null}
              <select
                aria-label={`${designerWords('readsFrom')} ${port.label}`}
                className={SELECT}
                value={current?.from ?? ''}
                onChange={(event) =>
                  event.target.value === ''
                    ? disconnect(input, current?.from ?? '')
                    : connect(event.target.value, input)
                }
              >
                <option value="">{designerWords('nothing')}</option>
                {optionsWith(fitting, current?.from).map((ref) => (
                  <option key={ref}>{ref}</option>
                ))}
              </select>
            </label>
          );
        }
        const taken = step.inputs.filter(({ path }) => starOf(path.slice(1)) === port.id);
        return (
          <div key={port.id} className="flex flex-col gap-1">
            {taken.map(({ path, from }) => (
              <div key={path.join('.')} className="flex items-center gap-1">
                <span className="bg-surface-2 min-w-0 flex-1 truncate rounded-md px-2 py-0.5">{from}</span>
                <IconButton
                  icon={X}
                  label={designerWords('removeInput', { step: from })}
                  onClick={() => disconnect(path.slice(1), from)}
                />
              </div>
            ))}
            <select
              aria-label={designerWords('addInput')}
              className={SELECT}
              value=""
              onChange={(event) => connect(event.target.value, nextInput(port.id, taken.length))}
            >
              <option value="">{designerWords('addInput')}</option>
              {fitting.map((ref) => (
                <option key={ref}>{ref}</option>
              ))}
            </select>
          </div>
        );
      })}
    </div>
  );
}

/** Further sides of a join have a place of their own; lists and names are given theirs. */
function nextInput(port: string, count: number): readonly (string | number)[] | undefined {
  const parts = port.split('.');
  return parts.at(-1) === '*' ? undefined : parts.map((part) => (part === '*' ? count : part));
}

function starOf(path: readonly (string | number)[]): string {
  const pattern = path.map((part) => (typeof part === 'number' ? '*' : part));
  return pattern.length === 2 && pattern[0] !== 'and' ? `${String(pattern[0])}.*` : pattern.join('.');
}

function optionsWith(fitting: readonly string[], current: string | undefined): readonly string[] {
  return current === undefined || fitting.includes(current) ? fitting : [current, ...fitting];
}
