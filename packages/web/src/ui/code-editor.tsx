import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';

import type { CodeEditorProps } from './code-mirror.tsx';

export type { CodeEditorProps } from './code-mirror.tsx';

const CodeMirror = lazy(async () => ({ default: (await import('./code-mirror.tsx')).CodeMirror }));

/** An editor of code; the editor itself is loaded when one is first shown. Fills its place. */
export function CodeEditor(props: CodeEditorProps): ReactNode {
  return (
    <Suspense
      fallback={
        <pre className="text-ink-1 min-h-0 flex-1 overflow-hidden py-1 pl-14 font-mono text-sm leading-[18px]">
          {props.value.slice(0, 4_000)}
        </pre>
      }
    >
      <CodeMirror {...props} />
    </Suspense>
  );
}
