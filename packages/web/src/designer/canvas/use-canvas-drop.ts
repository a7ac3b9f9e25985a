import { useReactFlow } from '@xyflow/react';
import type { DragEvent, RefObject } from 'react';

import type { DocumentValue } from '@millrace/spec';

import { notifyFailure } from '../../ui/notify-failure.ts';
import { notify } from '../../ui/toast.tsx';
import { designerWords } from '../../words/designer.ts';
import { addStep } from '../model/add-step.ts';
import { CARD, snapped, toPlace, type Place } from '../model/grid.ts';
import { uploadFile } from '../state/upload-file.ts';
import { useDesigner } from '../state/use-designer.ts';
import { DRAG_TYPE, dragged } from './drag-entry.ts';

/** What happens when something of the palette, or a file, is dropped on the canvas. */
export function useCanvasDrop(box: RefObject<HTMLDivElement | null>): {
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
} {
  const { state, dispatch, isReadOnly } = useDesigner();
  const { graph } = state;
  const flow = useReactFlow();

  const addFile = async (file: File, at: Place): Promise<void> => {
    try {
      const settings = await uploadFile(file);
      const { name, edits } = addStep(graph, { verb: 'source', settings: { ...settings }, at });
      dispatch({ kind: 'edit', edits, label: `+ ${name}`, select: [name] });
      notify({ title: designerWords('uploaded', { file: file.name }) });
    } catch (error) {
      notifyFailure(designerWords('uploadFailed'))(error);
    }
  };
  const addCheck = (
    step: string,
    entry: { readonly name: string; readonly example: DocumentValue },
  ): void => {
    const checks = graph.steps.get(step)?.step['checks'];
    const index = Array.isArray(checks) ? checks.length : 0;
    dispatch({
      kind: 'edit',
      label: `+ ${entry.name}`,
      edits: [
        { kind: 'setField', path: ['steps', step, 'checks', index], value: { [entry.name]: entry.example } },
      ],
      select: [step],
    });
  };
  const placeAt = ({ clientX, clientY }: DragEvent): Place => {
    const corner = { x: clientX - CARD.width / 2, y: clientY - CARD.height / 2 };
    return toPlace(snapped(flow.screenToFlowPosition(corner)));
  };

  return {
    onDragOver: (event) => {
      if (isReadOnly || !event.dataTransfer.types.some((type) => type === DRAG_TYPE || type === 'Files'))
        return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      const over = attributeAt(event, '.react-flow__edge', 'data-id');
      for (const edge of box.current?.querySelectorAll('.react-flow__edge') ?? [])
        edge.classList.toggle('is-target', edge.getAttribute('data-id') === over);
    },
    onDrop: (event) => {
      for (const edge of box.current?.querySelectorAll('.is-target') ?? [])
        edge.classList.remove('is-target');
      if (isReadOnly) return;
      const [file] = event.dataTransfer.files;
      if (file !== undefined) {
        event.preventDefault();
        void addFile(file, placeAt(event));
        return;
      }
      const entry = dragged(event.dataTransfer);
      if (entry === undefined) return;
      event.preventDefault();
      if (entry.kind === 'check') {
        const step = attributeAt(event, '[data-step]', 'data-step');
        if (step !== undefined) addCheck(step, entry);
        return;
      }
      const over = attributeAt(event, '.react-flow__edge', 'data-id');
      const edge = graph.edges.find(({ id }) => id === over);
      const { name, edits } = addStep(graph, {
        verb: entry.verb,
        ...(entry.settings === undefined ? {} : { settings: entry.settings }),
        ...(edge === undefined ? { at: placeAt(event) } : { onEdge: edge }),
      });
      dispatch({ kind: 'edit', edits, label: `+ ${name}`, select: [name] });
      box.current?.focus();
    },
  };
}

/** The attribute of the first element under the pointer that stands in something which has it. */
function attributeAt({ clientX, clientY }: DragEvent, selector: string, name: string): string | undefined {
  return (
    document
      .elementsFromPoint(clientX, clientY)
      .map((element) => element.closest(selector)?.getAttribute(name))
      .find((value) => value !== null && value !== undefined) ?? undefined
  );
}
