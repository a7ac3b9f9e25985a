import {
  applyEdits,
  PipelineMemory,
  readDraft,
  type Diagnostic,
  type Draft,
  type DraftStep,
  type Edit,
} from '@millrace/spec';

import { changeText, redo, startLog, undo, type EditLog } from '../model/edit-log.ts';
import { cardGraph, type CardGraph } from '../model/card-graph.ts';
import type { Place } from '../model/grid.ts';
import { placeSteps } from '../model/place-steps.ts';
import { stepGraph, type StepGraph } from '../model/step-graph.ts';

/** A text of the file, with the name of that text. */
export interface SavedText {
  readonly text: string;
  readonly revision: string;
}

/** One document on the canvas. The text is the truth; graph and places follow from it. */
export interface DesignerState {
  readonly pipeline: string;
  readonly file: string;
  /** What the file had when it was last read or written. */
  readonly saved: SavedText;
  /** The steps of that text. */
  readonly savedSteps: ReadonlyMap<string, DraftStep>;
  readonly log: EditLog;
  /** Of the text, or of the last text that could be read. */
  readonly draft: Draft;
  /** False while the text is no YAML: then canvas and inspector show what was there before. */
  readonly isReadable: boolean;
  /** Of the text as it is. */
  readonly problems: readonly Diagnostic[];
  readonly graph: StepGraph;
  /** Groups that are drawn as one card. */
  readonly collapsed: ReadonlySet<string>;
  /** What is drawn of the graph. */
  readonly cards: CardGraph;
  /** Of all steps and cards. */
  readonly places: ReadonlyMap<string, Place>;
  readonly selected: readonly string[];
  /** Why the last edit was not made, for people; another number for each. */
  readonly refusal: { readonly number: number; readonly reason: string } | null;
  readonly memory: PipelineMemory;
}

export type DesignerAction =
  | {
      readonly kind: 'edit';
      readonly edits: readonly Edit[];
      readonly label: string;
      /** Selected afterwards: steps by name, or those that the edits add. */
      readonly select?: readonly string[] | 'added';
      /** Edits of one group that follow each other are undone together. */
      readonly group?: string;
    }
  | { readonly kind: 'type'; readonly text: string; readonly group: string }
  | { readonly kind: 'replace'; readonly text: string; readonly label: string }
  | { readonly kind: 'select'; readonly names: readonly string[] }
  | { readonly kind: 'collapse'; readonly group: string; readonly isCollapsed: boolean }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  /** The file has this text now, and so has the canvas, unless the text is another than the one that was sent. */
  | { readonly kind: 'saved'; readonly saved: SavedText; readonly pipeline: string; readonly sent?: string };

/** Above this, groups are collapsed on opening, and a list of the steps stands beside the canvas. */
export const LARGE = 60;

export function startDesigner(pipeline: string, file: string, saved: SavedText): DesignerState {
  const memory = new PipelineMemory();
  const draft = readDraft(saved.text, file, { isComplete: false }, memory);
  const graph = stepGraph(draft);
  const isLarge = graph.steps.size > LARGE;
  return {
    pipeline,
    file,
    saved,
    savedSteps: graph.steps,
    log: startLog(saved.text),
    draft,
    isReadable: draft.isReadable,
    problems: draft.diagnostics,
    ...drawn(graph, draft, new Set(isLarge ? draft.groups.map(({ name }) => name) : [])),
    selected: [],
    refusal: null,
    memory,
  };
}

export function designerReducer(state: DesignerState, action: DesignerAction): DesignerState {
  switch (action.kind) {
    case 'edit': {
      const result = applyEdits(state.log.text, action.edits);
      if (!result.isApplied)
        return { ...state, refusal: { number: (state.refusal?.number ?? 0) + 1, reason: result.reason } };
      const next = followRenames(
        state,
        withLog(state, changeText(state.log, result.text, action.label, action.group)),
        action.edits,
      );
      if (action.select === undefined) return next;
      const names =
        action.select === 'added'
          ? [...next.graph.steps.keys()].filter((name) => !state.graph.steps.has(name))
          : action.select;
      return select(next, names);
    }
    case 'type':
      return withLog(state, changeText(state.log, action.text, 'typing', action.group));
    case 'replace':
      return withLog(state, changeText(state.log, action.text, action.label));
    case 'select':
      return areEqual(state.selected, action.names) ? state : select(state, action.names);
    case 'collapse': {
      const collapsed = new Set(state.collapsed);
      if (action.isCollapsed) collapsed.add(action.group);
      else collapsed.delete(action.group);
      const steps = state.draft.groups.find(({ name }) => name === action.group)?.steps ?? [];
      const isTouched = action.isCollapsed && steps.some((step) => state.selected.includes(step));
      return {
        ...state,
        ...drawn(state.graph, state.draft, collapsed),
        // The card stands for all of its steps.
        selected: isTouched ? [...new Set([...state.selected, ...steps])] : state.selected,
      };
    }
    case 'undo':
      return withLog(state, undo(state.log));
    case 'redo':
      return withLog(state, redo(state.log));
    case 'saved': {
      const { saved, sent, pipeline } = action;
      if (sent !== undefined && state.log.text !== sent) {
        // It was edited meanwhile. Where the file has more than was sent, saving again puts that together.
        if (saved.text !== sent) return state;
        const savedSteps = stepGraph(readDraft(sent, state.file, { isComplete: false })).steps;
        return { ...state, saved, savedSteps, pipeline };
      }
      const next = withLog(state, changeText(state.log, saved.text, 'from the file'));
      return { ...next, saved, savedSteps: next.graph.steps, pipeline };
    }
  }
}

export function isChanged({ log, saved }: DesignerState): boolean {
  return log.text !== saved.text;
}

function withLog(state: DesignerState, log: EditLog): DesignerState {
  if (log === state.log) return state;
  if (log.text === state.log.text) return { ...state, log };
  const read = readDraft(log.text, state.file, { isComplete: false }, state.memory);
  const problems = read.diagnostics;
  // Canvas and inspector keep what they show while the text is in between.
  if (!read.isReadable || problems.some(({ code }) => code === 'yamlSyntax'))
    return { ...state, log, problems, isReadable: false };
  const graph = stepGraph(read);
  const next = { ...state, log, draft: read, isReadable: true, problems };
  return select({ ...next, ...drawn(graph, read, state.collapsed) }, state.selected);
}

/** What follows from a graph and which of its groups are collapsed. */
function drawn(
  graph: StepGraph,
  { groups, layout }: Draft,
  collapsed: ReadonlySet<string>,
): Pick<DesignerState, 'graph' | 'collapsed' | 'cards' | 'places'> {
  const cards = cardGraph(graph, groups, collapsed);
  const places = new Map(placeSteps(graph, layout, groups, collapsed));
  for (const card of cards.steps.values())
    if (card.kind === 'group') places.set(card.id, cornerOf(card.group.steps, places));
  return { graph, collapsed, cards, places };
}

function cornerOf(steps: readonly string[], places: ReadonlyMap<string, Place>): Place {
  const all = steps.flatMap((step) => [places.get(step) ?? ([0, 0] as const)]);
  return [Math.min(...all.map(([column]) => column)), Math.min(...all.map(([, row]) => row))];
}

/** What is selected can be seen: a group of which only some steps are is opened. */
function select(state: DesignerState, names: readonly string[]): DesignerState {
  const selected = existing(state.graph, names);
  const chosen = new Set(selected);
  const closed = [...state.cards.steps.values()].flatMap((card) => {
    const steps = card.kind === 'group' ? card.group.steps : [];
    const count = steps.filter((step) => chosen.has(step)).length;
    return card.kind === 'group' && count > 0 && count < steps.length ? [card.group.name] : [];
  });
  if (closed.length === 0) return { ...state, selected };
  const collapsed = new Set([...state.collapsed].filter((name) => !closed.includes(name)));
  return { ...state, ...drawn(state.graph, state.draft, collapsed), selected };
}

/** A collapsed group that gets another name stays collapsed. */
function followRenames(before: DesignerState, state: DesignerState, edits: readonly Edit[]): DesignerState {
  const collapsed = new Set(before.collapsed);
  let isRenamed = false;
  for (const edit of edits) {
    if (edit.kind !== 'renameGroup' || !collapsed.delete(edit.from)) continue;
    collapsed.add(edit.to);
    isRenamed = true;
  }
  return isRenamed ? { ...state, ...drawn(state.graph, state.draft, collapsed) } : state;
}

function existing(graph: StepGraph, names: readonly string[]): readonly string[] {
  const kept = names.filter((name) => graph.steps.has(name));
  return kept.length === names.length ? names : kept;
}

function areEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
