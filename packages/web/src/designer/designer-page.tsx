import { useParams } from '@tanstack/react-router';
import { useMemo, useReducer } from 'react';
import type { ReactNode } from 'react';

import { useOperation } from '../api/use-operation.ts';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { designerWords } from '../words/designer.ts';
import { designerReducer, startDesigner } from './state/designer-state.ts';
import { DesignerView } from './designer-view.tsx';

/** One pipeline: canvas, code, rows and history. */
export function DesignerPage(): ReactNode {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  const pipeline = params['pipeline'] ?? '';
  const read = useOperation('pipelines/read-pipeline', { pipeline });
  if (read.error !== null && read.data === undefined)
    return (
      <div className="p-4">
        <ErrorPanel title={designerWords('title')} error={read.error} onRetry={() => void read.refetch()} />
      </div>
    );
  if (read.data === undefined) return <p className="text-ink-3 p-4">{pipeline}…</p>;
  return <OpenDesigner key={read.data.file} file={read.data} />;
}

export interface OpenFile {
  readonly pipeline: string;
  readonly file: string;
  readonly text: string;
  readonly revision: string;
}

function OpenDesigner({ file }: { readonly file: OpenFile }): ReactNode {
  const [state, dispatch] = useReducer(designerReducer, file, ({ pipeline, file: path, text, revision }) =>
    startDesigner(pipeline, path, { text, revision }),
  );
  const present = useMemo(() => ({ text: file.text, revision: file.revision }), [file.text, file.revision]);
  return <DesignerView state={state} dispatch={dispatch} present={present} />;
}
