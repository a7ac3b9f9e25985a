import { ShieldCheck, type LucideIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';

import { SearchField } from '../ui/search-field.tsx';
import { designerWords } from '../words/designer.ts';
import { drag, type DraggedEntry } from './canvas/drag-entry.ts';
import { verbIcon } from './canvas/verb-icon.ts';
import { addStep } from './model/add-step.ts';
import {
  CHECK_ENTRIES,
  PALETTE_GROUPS,
  VERB_ENTRIES,
  verbEntry,
  type PaletteGroup,
} from './model/verb-entries.ts';
import { useDesigner } from './state/use-designer.ts';

interface PaletteItem {
  readonly id: string;
  readonly group: PaletteGroup;
  readonly label: string;
  readonly summary: string;
  readonly icon: LucideIcon;
  readonly entry: DraggedEntry;
}

/** Everything that can be drawn, searched, dragged onto the canvas, or added behind the selected step. */
export function Palette(): ReactNode {
  const { state, dispatch, connections, areConnectionsKnown, isReadOnly, focus } = useDesigner();
  const [search, setSearch] = useState('');
  // What fits best may be a connection that is not known yet: Enter waits for it.
  const [isAwaited, setIsAwaited] = useState(false);
  const wanted = search.trim().toLowerCase();
  const items = paletteItems(connections).filter(
    ({ label, summary, group }) =>
      wanted === '' ||
      label.toLowerCase().includes(wanted) ||
      group.includes(wanted) ||
      (wanted.length > 2 && summary.toLowerCase().includes(wanted)),
  );
  // Behind a step comes what reads, and where none is selected what begins.
  const isAfter = state.selected.length > 0;
  const isMisplaced = ({ entry }: PaletteItem): boolean =>
    entry.kind === 'check' ? !isAfter : (verbEntry(entry.verb)?.inputs.length === 0) === isAfter;
  const best = items.toSorted(
    (left, right) =>
      rank(left.label, wanted) - rank(right.label, wanted) ||
      Number(isMisplaced(left)) - Number(isMisplaced(right)),
  )[0];
  const add = (item: PaletteItem | undefined): void => {
    if (item === undefined || isReadOnly) return;
    const [after] = state.selected;
    if (item.entry.kind === 'check') {
      const step = after === undefined ? undefined : state.graph.steps.get(after);
      if (step === undefined) return;
      const checks = step.step['checks'];
      dispatch({
        kind: 'edit',
        label: `+ ${item.entry.name}`,
        edits: [
          {
            kind: 'setField',
            path: ['steps', step.name, 'checks', Array.isArray(checks) ? checks.length : 0],
            value: { [item.entry.name]: item.entry.example },
          },
        ],
      });
    } else {
      const { name, edits } = addStep(state.graph, {
        verb: item.entry.verb,
        ...(item.entry.settings === undefined ? {} : { settings: item.entry.settings }),
        after: after === undefined ? [] : [after],
      });
      dispatch({ kind: 'edit', edits, label: `+ ${name}`, select: [name] });
    }
    setSearch('');
    focus('canvas');
  };
  useEffect(() => {
    if (!isAwaited || !areConnectionsKnown) return;
    setIsAwaited(false);
    add(best);
  });
  return (
    <nav
      aria-label={designerWords('palette')}
      data-part="palette"
      className="bg-surface-1 flex min-h-0 flex-1 flex-col"
    >
      <div
        className="border-line border-b p-2"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && areConnectionsKnown) add(best);
          else setIsAwaited(event.key === 'Enter');
          if (event.key === 'Escape' && search === '') focus('canvas');
        }}
      >
        <SearchField label={designerWords('searchSteps')} value={search} onChange={setSearch} isWide />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto py-1">
        {PALETTE_GROUPS.map((group) => {
          const inGroup = items.filter((item) => item.group === group);
          return inGroup.length === 0 ? null : (
            <section key={group} aria-label={designerWords(group)}>
              <h2 className="text-ink-3 px-3 pt-2 pb-0.5 text-sm">{designerWords(group)}</h2>
              {inGroup.map((item) => (
                <button
                  key={item.id}
                  type="button"
                  draggable={!isReadOnly}
                  disabled={isReadOnly}
                  title={item.summary}
                  data-palette={item.id}
                  onDragStart={(event) => drag(event.dataTransfer, item.entry)}
                  onClick={() => add(item)}
                  className={`hover:bg-surface-2 flex h-7 w-full items-center gap-2 px-3 text-left ${
                    wanted !== '' && item === best ? 'bg-surface-2' : ''
                  }`}
                >
                  <item.icon size={16} aria-hidden className={`shrink-0 ${INKS[group]}`} />
                  <span className="truncate">{item.label}</span>
                </button>
              ))}
            </section>
          );
        })}
      </div>
    </nav>
  );
}

const INKS: Readonly<Record<PaletteGroup, string>> = {
  sources: 'text-stage-source',
  shape: 'text-stage-transform',
  combine: 'text-stage-transform',
  check: 'text-stage-check',
  publish: 'text-stage-destination',
};

/** Connections stand for what is read from them and written to them. */
function paletteItems(connections: ReturnType<typeof useDesigner>['connections']): readonly PaletteItem[] {
  const ofConnections = connections.flatMap(({ name, isSource, isDestination }): readonly PaletteItem[] => [
    ...(isSource
      ? [
          {
            id: `source:${name}`,
            group: 'sources' as const,
            label: name,
            summary: VERB_ENTRIES.find((entry) => entry.name === 'source')?.summary ?? '',
            icon: verbIcon('source'),
            entry: { kind: 'verb', verb: 'source', settings: { connection: name } } as const,
          },
        ]
      : []),
    ...(isDestination
      ? [
          {
            id: `destination:${name}`,
            group: 'publish' as const,
            label: name,
            summary: VERB_ENTRIES.find((entry) => entry.name === 'destination')?.summary ?? '',
            icon: verbIcon('destination'),
            entry: { kind: 'verb', verb: 'destination', settings: { connection: name } } as const,
          },
        ]
      : []),
  ]);
  const verbs = VERB_ENTRIES.map(({ name, group, summary }): PaletteItem => ({
    id: name,
    group,
    label: name,
    summary,
    icon: verbIcon(name),
    entry: { kind: 'verb', verb: name },
  }));
  const checks = CHECK_ENTRIES.map(({ name, summary, example }): PaletteItem => ({
    id: `check:${name}`,
    group: 'check',
    label: name,
    summary,
    icon: ShieldCheck,
    entry: { kind: 'check', name, example },
  }));
  return [...ofConnections, ...verbs, ...checks];
}

function rank(label: string, wanted: string): number {
  const text = label.toLowerCase();
  return text === wanted ? 0 : text.startsWith(wanted) ? 1 : text.includes(wanted) ? 2 : 3;
}
