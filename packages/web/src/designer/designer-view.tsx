import { useBlocker } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { Dispatch, ReactNode } from 'react';

import { useOperation } from '../api/use-operation.ts';
import { Button } from '../ui/button.tsx';
import { SplitPane } from '../ui/split-pane.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { useUrlState } from '../ui/use-url-state.ts';
import { designerWords } from '../words/designer.ts';
import { useNarrow } from './state/use-narrow.ts';
import { Canvas } from './canvas/canvas.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { GroupDialog } from './group-dialog.tsx';
import { Inspector } from './inspector/inspector.tsx';
import { canRewire, removeSteps } from './model/connect-steps.ts';
import { Palette } from './palette.tsx';
import { HistoryPane } from './panes/history-pane.tsx';
import { PlanPane } from './panes/plan-pane.tsx';
import { ProblemsPane } from './panes/problems-pane.tsx';
import { RowsPane } from './panes/rows-pane.tsx';
import { RunDialog } from './run-dialog.tsx';
import {
  isChanged,
  LARGE,
  type DesignerAction,
  type DesignerState,
  type SavedText,
} from './state/designer-state.ts';
import { useCompiledDraft } from './state/use-compiled-draft.ts';
import { useConnections } from './state/use-connections.ts';
import { DesignerScope, type Designer } from './state/use-designer.ts';
import { useFollowFile } from './state/use-follow-file.ts';
import { useLastRun } from './state/use-last-run.ts';
import { focusPart } from './state/focus-part.ts';
import { useSave } from './state/use-save.ts';
import { StepList } from './step-list.tsx';
import { Toolbar, VIEWS, type DesignerView as View } from './toolbar.tsx';

const CodePane = lazy(async () => ({ default: (await import('./panes/code-pane.tsx')).CodePane }));

/** Who may save; the server refuses the others. */
const WRITERS: readonly string[] = ['engineer', 'owner'];
const TABS = ['rows', 'problems', 'plan', 'history'] as const;
type BottomTab = (typeof TABS)[number];

export function DesignerView({
  state,
  dispatch,
  present,
}: {
  readonly state: DesignerState;
  readonly dispatch: Dispatch<DesignerAction>;
  /** What the file has now. */
  readonly present: SavedText;
}): ReactNode {
  const [view, setView] = useUrlState('view', 'canvas');
  const [tab, setTab] = useUrlState('pane', 'rows');
  const [jump, setJump] = useState<{ readonly offset: number } | undefined>(undefined);
  const [deleting, setDeleting] = useState<readonly string[] | undefined>(undefined);
  const [isRunning, setIsRunning] = useState(false);
  const [isGrouping, setIsGrouping] = useState(false);
  const [counts, setCounts] = useState<ReadonlyMap<string, number>>(new Map());
  const compiled = useCompiledDraft(state);
  const lastRun = useLastRun(state, compiled);
  const { connections, areConnectionsKnown } = useConnections();
  const { data: project } = useOperation('projects/show-project', {});
  const isReadOnly = project !== undefined && !WRITERS.includes(project.caller.role);
  const saving = useSave(state, dispatch);
  const isBehind = useFollowFile(state, present, dispatch);
  const learnCounts = useCallback(
    (learnt: ReadonlyMap<string, number>) => setCounts((known) => new Map([...known, ...learnt])),
    [],
  );
  const designer = useMemo<Designer>(
    () => ({
      state,
      dispatch,
      compiled,
      lastRun,
      counts,
      learnCounts,
      connections,
      areConnectionsKnown,
      isReadOnly,
      focus: focusPart,
    }),
    [state, dispatch, compiled, lastRun, counts, learnCounts, connections, areConnectionsKnown, isReadOnly],
  );
  const onDelete = useCallback(
    (names: readonly string[]) => {
      if (canRewire(state.graph, names)) setDeleting(names);
      else
        dispatch({
          kind: 'edit',
          edits: removeSteps(state.graph, names, false),
          label: `− ${names.join(', ')}`,
          select: [],
        });
    },
    [state.graph, dispatch],
  );
  const onGroup = useCallback(() => setIsGrouping(true), []);
  const onProblems = useCallback(
    (name: string) => {
      dispatch({ kind: 'select', names: [name] });
      setTab('problems');
    },
    [dispatch, setTab],
  );
  const onRename = useCallback(
    (name: string) => {
      dispatch({ kind: 'select', names: [name] });
      focusPart('name');
    },
    [dispatch],
  );
  const isDirty = isChanged(state);
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && current.pathname !== next.pathname && !window.confirm(designerWords('unsavedLeave')),
    enableBeforeUnload: () => isDirty,
  });
  const isNarrow = useNarrow();
  const show = VIEWS.find((each) => each === view) ?? 'canvas';
  const canvas = (
    <Canvas
      onProblems={onProblems}
      onRename={onRename}
      onDelete={onDelete}
      onGroup={onGroup}
      onSave={() => void saving.save()}
    />
  );
  const code = (
    <Suspense fallback={<div className="flex-1" />}>
      <CodePane jump={jump} />
    </Suspense>
  );
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error').length;

  const center = (
    <SplitPane
      name="designer.bottom"
      direction="column"
      sized="second"
      size={280}
      first={
        show === 'code' ? (
          code
        ) : show === 'split' ? (
          <SplitPane
            name="designer.split"
            direction="row"
            sized="second"
            size={420}
            first={canvas}
            second={code}
          />
        ) : state.graph.steps.size > LARGE ? (
          <SplitPane
            name="designer.list"
            direction="row"
            sized="first"
            size={240}
            first={<StepList />}
            second={canvas}
          />
        ) : (
          canvas
        )
      }
      second={
        <div className="bg-surface-1 flex min-h-0 flex-1 flex-col">
          <Tabs<BottomTab>
            label={designerWords('view')}
            value={TABS.find((each) => each === tab) ?? 'rows'}
            onChange={setTab}
            tabs={[
              { value: 'rows', label: designerWords('rows'), content: <RowsPane /> },
              {
                value: 'problems',
                label: designerWords('problems'),
                count: compiled.diagnostics.length === 0 ? undefined : compiled.diagnostics.length,
                content: (
                  <ProblemsPane
                    onShow={(step, offset) => {
                      dispatch({ kind: 'select', names: [step] });
                      setJump({ offset });
                      if (!state.graph.steps.has(step)) setView('split');
                    }}
                  />
                ),
              },
              { value: 'plan', label: designerWords('plan'), content: <PlanPane /> },
              { value: 'history', label: designerWords('history'), content: <HistoryPane /> },
            ]}
          />
        </div>
      }
    />
  );

  return (
    <DesignerScope value={designer}>
      <div
        className="flex min-h-0 flex-1 flex-col"
        onKeyDown={(event) => {
          if (
            (event.ctrlKey || event.metaKey) &&
            event.key.toLowerCase() === 's' &&
            !event.defaultPrevented
          ) {
            event.preventDefault();
            void saving.save();
          }
        }}
      >
        <Toolbar
          view={show}
          onView={(next: View) => setView(next)}
          onPlan={() => setTab('plan')}
          onRun={() => setIsRunning(true)}
          onSave={() => void saving.save()}
          isSaving={saving.isSaving}
        />
        {isBehind ? (
          <div role="status" className="bg-warn-soft text-warn flex items-center gap-3 px-3 py-1">
            {designerWords('fileChanged')}
            <Button size="small" onClick={() => void saving.save()}>
              {designerWords('mergeNow')}
            </Button>
            <Button
              size="small"
              kind="quiet"
              onClick={() => dispatch({ kind: 'saved', saved: present, pipeline: state.pipeline })}
            >
              {designerWords('takeTheirs')}
            </Button>
          </div>
        ) : null}
        <SplitPane
          name="designer.palette"
          direction="row"
          sized="first"
          size={168}
          first={<Palette />}
          second={
            <SplitPane
              name="designer.inspector"
              direction="row"
              sized="second"
              size={isNarrow ? 260 : 320}
              min={220}
              first={center}
              second={<Inspector onDelete={onDelete} onGroup={onGroup} />}
            />
          }
        />
        {deleting === undefined ? null : (
          <DeleteDialog
            names={deleting}
            onClose={() => {
              setDeleting(undefined);
              focusPart('canvas');
            }}
          />
        )}
        {isGrouping ? (
          <GroupDialog
            onClose={() => {
              setIsGrouping(false);
              focusPart('canvas');
            }}
          />
        ) : null}
        {saving.conflict === undefined ? null : (
          <ConflictDialog
            conflict={saving.conflict}
            mine={state.log.text}
            file={state.file}
            onClose={saving.leaveConflict}
            onMine={() => void saving.overwrite()}
            onTheirs={saving.takeTheirs}
          />
        )}
        {isRunning ? (
          <RunDialog hasErrors={errors > 0} save={saving.save} onClose={() => setIsRunning(false)} />
        ) : null}
      </div>
    </DesignerScope>
  );
}
