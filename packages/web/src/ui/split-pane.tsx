import { useRef, useState } from 'react';
import type { CSSProperties, KeyboardEvent, PointerEvent, ReactNode } from 'react';

import { uiWords } from '../words/ui.ts';
import { readRemembered, remember } from './remembered.ts';

export interface SplitPaneProps {
  /** The divider's place is remembered under this name. */
  readonly name: string;
  readonly direction: 'row' | 'column';
  readonly first: ReactNode;
  readonly second: ReactNode;
  /** Which side keeps its size when the window grows. */
  readonly sized: 'first' | 'second';
  /** Size of that side at first, in pixels. */
  readonly size: number;
  readonly min?: number;
  /** Pixels that the other side keeps at least. */
  readonly minOther?: number;
}

/** Two panes with a divider that is dragged or moved with the arrow keys, and remembers its place. */
export function SplitPane({
  name,
  direction,
  first,
  second,
  sized,
  size: initial,
  min = 120,
  minOther = 160,
}: SplitPaneProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(() => Number(readRemembered(`pane.${name}`) ?? initial));
  const isRow = direction === 'row';
  const sign = sized === 'first' ? 1 : -1;

  const place = (next: number): void => {
    const whole = (isRow ? box.current?.clientWidth : box.current?.clientHeight) ?? Number.MAX_SAFE_INTEGER;
    const kept = Math.round(Math.max(min, Math.min(next, whole - minOther)));
    setSize(kept);
    remember(`pane.${name}`, String(kept));
  };
  const drag = (down: PointerEvent<HTMLDivElement>): void => {
    down.preventDefault();
    const handle = down.currentTarget;
    const start = isRow ? down.clientX : down.clientY;
    handle.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent): void =>
      place(size + sign * ((isRow ? event.clientX : event.clientY) - start));
    const stop = (): void => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', stop);
      handle.removeEventListener('pointercancel', stop);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', stop);
    handle.addEventListener('pointercancel', stop);
  };
  const step = (event: KeyboardEvent): void => {
    const [less, more] = isRow ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    place(size + sign * (event.key === more ? 16 : -16));
  };
  const fixed: CSSProperties = { flex: `0 1 ${size}px` };

  return (
    <div ref={box} className={`flex min-h-0 min-w-0 flex-1 ${isRow ? 'flex-row' : 'flex-col'}`}>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col" style={sized === 'first' ? fixed : undefined}>
        {first}
      </div>
      <div
        role="separator"
        tabIndex={0}
        aria-label={uiWords('divider')}
        aria-orientation={isRow ? 'vertical' : 'horizontal'}
        aria-valuenow={size}
        aria-valuemin={min}
        onPointerDown={drag}
        onDoubleClick={() => place(initial)}
        onKeyDown={step}
        className={`bg-line hover:bg-accent focus-visible:bg-accent relative z-10 shrink-0 touch-none after:absolute after:content-[''] ${
          isRow
            ? 'w-px cursor-col-resize after:inset-y-0 after:-left-1 after:w-2.5'
            : 'h-px cursor-row-resize after:inset-x-0 after:-top-1 after:h-2.5'
        }`}
      />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col" style={sized === 'second' ? fixed : undefined}>
        {second}
      </div>
    </div>
  );
}
