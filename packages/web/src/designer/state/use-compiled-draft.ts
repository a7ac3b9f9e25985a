import type { OperationOutput } from '@millrace/control-plane';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Diagnostic } from '@millrace/spec';
import { useMemo } from 'react';

import { call } from '../../api/call.ts';
import type { DesignerState } from './designer-state.ts';
import { useLater } from './use-later.ts';

type Compiled = OperationOutput<'pipelines/compile-draft'>;

/** What the server says of the text, with what the text alone says. */
export interface CompiledDraft {
  readonly answer: Compiled | undefined;
  /** In the order of the text; of the server only while it speaks of this text. */
  readonly diagnostics: readonly Diagnostic[];
  /** By step. */
  readonly byStep: ReadonlyMap<string, readonly Diagnostic[]>;
  /** The server has not answered for this text yet. */
  readonly isPending: boolean;
  readonly error: Error | null;
}

/** A pause between key strokes; what is shown follows within half a second. */
const QUIET_MS = 80;
const KEPT_MS = 20_000;

export function useCompiledDraft({ pipeline, log, problems }: DesignerState): CompiledDraft {
  const text = useLater(log.text, QUIET_MS);
  const { data, error } = useQuery({
    queryKey: ['pipelines/compile-draft', { pipeline, text }],
    queryFn: async ({ signal }) => ({
      text,
      answer: await call('pipelines/compile-draft', { pipeline, text }, signal),
    }),
    placeholderData: keepPreviousData,
    gcTime: KEPT_MS,
  });
  const isCurrent = data !== undefined && data.text === log.text;
  return useMemo(() => {
    const diagnostics = isCurrent ? data.answer.diagnostics : problems;
    const byStep = new Map<string, Diagnostic[]>();
    for (const diagnostic of diagnostics) {
      const [root, name] = diagnostic.path;
      if (root !== 'steps' || typeof name !== 'string') continue;
      const others = byStep.get(name);
      if (others === undefined) byStep.set(name, [diagnostic]);
      else others.push(diagnostic);
    }
    return { answer: data?.answer, diagnostics, byStep, isPending: !isCurrent, error };
  }, [data, error, isCurrent, problems]);
}
