import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine, Download, ScrollText } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useUrlState } from '../../ui/use-url-state.ts';
import { runWords } from '../../words/runs.ts';
import { ALL } from './run-filters.ts';
import { isWithin, formatSpan, parseSpan, type LogSpan } from './log-buckets.ts';
import { LogHistogram } from './log-histogram.tsx';
import { LOG_LEVELS, LOG_TIME, logLines, type LogLevel, type LogLine } from './log-line.ts';
import type { RunEvents } from './use-run-events.ts';

const LOOKS: Readonly<Record<LogLevel, string>> = {
  debug: 'text-ink-3',
  info: 'text-ink-2',
  warn: 'text-warn',
  error: 'text-bad',
};
/** So near to the end still counts as being there. */
const NEAR_END = 24;

/** The log of a run: by level, table and text; follows its end until somebody scrolls away from it. */
export function RunLog({
  runId,
  found,
  isLive,
}: {
  readonly runId: string;
  readonly found: RunEvents;
  readonly isLive: boolean;
}): ReactNode {
  const [text, setText] = useUrlState('find');
  const [level, setLevel] = useUrlState('level', ALL);
  const [table, setTable] = useUrlState('table', ALL);
  const [time, setTime] = useUrlState('span');
  const lines = useMemo(() => logLines(found.events), [found.events]);
  const span = useMemo(() => parseSpan(time), [time]);
  /** Of any time. */
  const matching = useMemo(() => filterLines(lines, { text, level, table }), [lines, text, level, table]);
  const shown = useMemo(
    () => (span === undefined ? matching : matching.filter((line) => isWithin(span, line))),
    [matching, span],
  );
  const tables = useMemo(() => [...new Set(lines.map((line) => line.table))].filter(Boolean).sort(), [lines]);
  const scroll = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(isLive);
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 20,
    overscan: 30,
  });
  useEffect(() => {
    if (isFollowing && shown.length > 0) virtualizer.scrollToIndex(shown.length - 1, { align: 'end' });
  }, [isFollowing, shown.length, virtualizer]);
  if (found.error !== undefined)
    return (
      <div className="p-4">
        <ErrorPanel title={runWords('failedToShow')} error={found.error} />
      </div>
    );
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="border-line flex min-h-10 shrink-0 flex-wrap items-center gap-2 border-b px-4 py-1.5">
        <SearchField label={runWords('find')} value={text} onChange={setText} />
        <div className="w-40">
          <SelectField
            label={runWords('level')}
            isLabelHidden
            value={level}
            options={[
              { value: ALL, label: runWords('levelAll') },
              { value: 'info', label: runWords('levelInfo') },
              { value: 'warn', label: runWords('levelWarn') },
              { value: 'error', label: runWords('levelError') },
            ]}
            onChange={setLevel}
          />
        </div>
        {tables.length < 2 ? null : (
          <div className="w-40">
            <SelectField
              label={runWords('table')}
              isLabelHidden
              value={table}
              options={[
                { value: ALL, label: runWords('allTables') },
                ...tables.map((name) => ({ value: name, label: name })),
              ]}
              onChange={setTable}
            />
          </div>
        )}
        <Levels lines={lines} />
        <span className="ml-auto flex items-center gap-2">
          {isLive ? (
            <Button
              kind="quiet"
              size="small"
              icon={ArrowDownToLine}
              isDisabled={isFollowing}
              onClick={() => setIsFollowing(true)}
            >
              {runWords(isFollowing ? 'follow' : 'jumpToLive')}
            </Button>
          ) : null}
          <Button
            kind="quiet"
            size="small"
            icon={Download}
            isDisabled={shown.length === 0}
            onClick={() => downloadLog(runId, shown)}
          >
            {runWords('download')}
          </Button>
        </span>
      </div>
      <LogHistogram
        lines={matching}
        span={span}
        onSpan={(next: LogSpan | undefined) => setTime(next === undefined ? '' : formatSpan(next))}
      />
      {!found.isRead && lines.length === 0 ? <SkeletonRows height={20} /> : null}
      {found.isRead && shown.length === 0 ? (
        <EmptyState icon={ScrollText} title={runWords(lines.length === 0 ? 'noEvents' : 'noEventsMatch')} />
      ) : null}
      <div
        ref={scroll}
        role="log"
        aria-label={runWords('log')}
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setIsFollowing(isLive && scrollHeight - scrollTop - clientHeight < NEAR_END)
        }
        className="min-h-0 flex-1 overflow-auto font-mono text-sm focus-visible:-outline-offset-2"
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start, key }) => {
            const line = shown[index];
            if (line === undefined) return null;
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="hover:bg-surface-2 absolute inset-x-0 top-0 grid grid-cols-[88px_40px_minmax(0,1fr)] gap-x-2 px-4"
                style={{ transform: `translateY(${start}px)` }}
              >
                <time dateTime={line.at} className="text-ink-3 tabular-nums">
                  {LOG_TIME.format(new Date(line.at))}
                </time>
                <span className={LOOKS[line.level]}>{line.level}</span>
                <span
                  className={`break-words whitespace-pre-wrap ${line.level === 'error' ? 'text-bad' : ''}`}
                >
                  {line.table === '' ? null : <span className="text-ink-3">{line.table}: </span>}
                  {line.text.slice(0, LONGEST)}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Characters of a line that are shown; a download has all of them. */
const LONGEST = 4_000;

/** How many lines there are of each level, as words and as widths. */
function Levels({ lines }: { readonly lines: readonly LogLine[] }): ReactNode {
  const counts = LOG_LEVELS.map((level) => ({
    level,
    count: lines.filter((line) => line.level === level).length,
  })).filter(({ count }) => count > 0);
  return (
    <span className="text-ink-3 flex items-center gap-3 text-sm tabular-nums">
      {counts.map(({ level, count }) => (
        <span key={level} className={LOOKS[level]}>
          {runWords('levelCount', { level, count })}
        </span>
      ))}
    </span>
  );
}

function filterLines(
  lines: readonly LogLine[],
  { text, level, table }: { readonly text: string; readonly level: string; readonly table: string },
): readonly LogLine[] {
  const least = LOG_LEVELS.findIndex((each) => each === level);
  const wanted = text.toLowerCase();
  return lines.filter(
    (line) =>
      (least < 0 || LOG_LEVELS.indexOf(line.level) >= least) &&
      (table === ALL || line.table === table) &&
      (wanted === '' || `${line.table} ${line.text}`.toLowerCase().includes(wanted)),
  );
}

function downloadLog(runId: string, lines: readonly LogLine[]): void {
  const text = lines.map((line) => `${line.at} ${line.level} ${line.table} ${line.text}\n`).join('');
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${runId}.log`;
  link.click();
  URL.revokeObjectURL(url);
}
