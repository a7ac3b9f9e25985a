import type { DocumentPath } from '../diagnostic/source-range.ts';

/** Data that a document can hold. */
export type DocumentValue =
  | string
  | number
  | boolean
  | null
  | readonly DocumentValue[]
  | { readonly [key: string]: DocumentValue };

/** One change of a pipeline document: the only way in which canvas, command line and agent change it. */
export type Edit =
  /** Adds a step under a new name; its value holds the verb and its neighbours. */
  | {
      readonly kind: 'addStep';
      readonly name: string;
      readonly step: { readonly [key: string]: DocumentValue };
    }
  /** Removes a step, its place in the layout and in its group; steps that read from it stay and are reported by the next parse. */
  | { readonly kind: 'removeStep'; readonly name: string }
  /** Renames a step everywhere: its key, every reference to it, tests, groups and layout. */
  | { readonly kind: 'renameStep'; readonly from: string; readonly to: string }
  /** Sets the value at a path, making the maps on the way. */
  | { readonly kind: 'setField'; readonly path: DocumentPath; readonly value: DocumentValue }
  /** Removes the key or list item at a path. */
  | { readonly kind: 'removeField'; readonly path: DocumentPath }
  /** Renames a key in place; value, comments and order stay. */
  | { readonly kind: 'renameField'; readonly path: DocumentPath; readonly to: string }
  /**
   * Lets a step read from another. `input` is the place below the verb (`['left']`, `['from', 2]`); without it, the first
   * that is free, one more of a list, or else the verb's only one.
   */
  | { readonly kind: 'connect'; readonly from: string; readonly to: string; readonly input?: DocumentPath }
  /** Takes an input of a step away: that at `input`, below the verb, or without it the last. */
  | { readonly kind: 'disconnect'; readonly to: string; readonly input?: DocumentPath }
  /** Adds the steps of a text, comments and all: a map of steps, or a document. Those whose name is taken get a new one. */
  | { readonly kind: 'pasteSteps'; readonly yaml: string }
  /** Puts steps into a group, new or there already; they leave the groups that they were in, and what is left empty goes. */
  | { readonly kind: 'groupSteps'; readonly name: string; readonly steps: readonly string[] }
  /** Takes a group away, or only some steps out of it; the steps stay. */
  | { readonly kind: 'ungroupSteps'; readonly name: string; readonly steps?: readonly string[] }
  /** Gives a group another name. */
  | { readonly kind: 'renameGroup'; readonly from: string; readonly to: string }
  /** Places a step on the canvas. */
  | { readonly kind: 'moveStep'; readonly name: string; readonly at: readonly [number, number] };
