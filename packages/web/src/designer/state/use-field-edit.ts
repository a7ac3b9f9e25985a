import type { DocumentPath, DocumentValue } from '@millrace/spec';

import { useDesigner } from './use-designer.ts';

/** Sets the value at a path of the document, or takes it away; what is typed into one field is one step of undo. */
export function useFieldEdit(path: DocumentPath): (value: DocumentValue | undefined) => void {
  const { state, dispatch } = useDesigner();
  return (value) => {
    const group = path.join('.');
    const label = String(path.at(-1));
    if (value !== undefined) {
      dispatch({ kind: 'edit', edits: [{ kind: 'setField', path, value }], label, group });
      return;
    }
    if (isThere(state.graph.steps.get(String(path[1]))?.step, path.slice(2)))
      dispatch({ kind: 'edit', edits: [{ kind: 'removeField', path }], label, group });
  };
}

function isThere(value: unknown, path: DocumentPath): boolean {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return false;
    current = Reflect.get(current, part);
  }
  return true;
}
