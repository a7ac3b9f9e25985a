import { VERBS, type CheckName, type DocumentValue, type VerbName } from '@millrace/spec';

import { CHECK_ENTRIES } from '../model/verb-entries.ts';

/** What is dragged from the palette. */
export type DraggedEntry =
  | {
      readonly kind: 'verb';
      readonly verb: VerbName;
      readonly settings?: { readonly [key: string]: DocumentValue };
    }
  | { readonly kind: 'check'; readonly name: CheckName; readonly example: DocumentValue };

export const DRAG_TYPE = 'application/x-millrace-step';

export function drag(transfer: DataTransfer, entry: DraggedEntry): void {
  transfer.setData(DRAG_TYPE, JSON.stringify(entry));
  transfer.effectAllowed = 'copy';
}

/** Undefined for what was not dragged from a palette. */
export function dragged(transfer: DataTransfer): DraggedEntry | undefined {
  const text = transfer.getData(DRAG_TYPE);
  if (text === '') return undefined;
  const entry: Partial<Record<'kind' | 'verb' | 'name' | 'settings', unknown>> = JSON.parse(text);
  if (entry.kind === 'check') {
    const check = CHECK_ENTRIES.find(({ name }) => name === entry.name);
    return check && { kind: 'check', name: check.name, example: check.example };
  }
  const verb = VERBS.find(({ name }) => name === entry.verb);
  return verb && { kind: 'verb', verb: verb.name, settings: Object(entry.settings ?? {}) };
}
