import { createContext, useContext, type Dispatch } from 'react';

import type { DesignerAction, DesignerState } from './designer-state.ts';
import type { DesignerPart } from './focus-part.ts';
import type { CompiledDraft } from './use-compiled-draft.ts';
import type { LastRun } from './use-last-run.ts';

/** What the parts of the designer share. */
export interface Designer {
  readonly state: DesignerState;
  readonly dispatch: Dispatch<DesignerAction>;
  readonly compiled: CompiledDraft;
  readonly lastRun: LastRun;
  /** Rows of relations as far as previews told them, by what steps call them. */
  readonly counts: ReadonlyMap<string, number>;
  readonly learnCounts: (counts: ReadonlyMap<string, number>) => void;
  readonly connections: readonly DesignerConnection[];
  /** False while the server has not said which there are. */
  readonly areConnectionsKnown: boolean;
  readonly isReadOnly: boolean;
  /** Moves the keyboard to a part. */
  readonly focus: (part: DesignerPart) => void;
}

export interface DesignerConnection {
  readonly name: string;
  readonly type: string;
  readonly isSource: boolean;
  readonly isDestination: boolean;
}

export const DesignerScope = createContext<Designer | undefined>(undefined);

export function useDesigner(): Designer {
  const designer = useContext(DesignerScope);
  if (designer === undefined) throw new TypeError('This part stands inside of the designer.');
  return designer;
}
