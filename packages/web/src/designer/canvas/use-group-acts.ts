import type { StepGroup } from '@millrace/spec';
import { useMemo } from 'react';

import { useDesigner } from '../state/use-designer.ts';

export interface GroupActs {
  readonly select: (group: StepGroup) => void;
  readonly collapse: (group: string) => void;
  readonly expand: (group: string) => void;
  /** Selects the group and goes to the field of its name. */
  readonly rename: (group: StepGroup) => void;
}

/** What can be done with a group on the canvas. */
export function useGroupActs(): GroupActs {
  const { dispatch, focus } = useDesigner();
  return useMemo(
    () => ({
      select: ({ steps }) => dispatch({ kind: 'select', names: steps }),
      collapse: (group) => dispatch({ kind: 'collapse', group, isCollapsed: true }),
      expand: (group) => dispatch({ kind: 'collapse', group, isCollapsed: false }),
      rename: ({ steps }) => {
        dispatch({ kind: 'select', names: steps });
        focus('name');
      },
    }),
    [dispatch, focus],
  );
}
