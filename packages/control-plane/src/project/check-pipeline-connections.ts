import { diagnose, nearestNames } from '@millrace/spec';
import type { Diagnostic, DocumentPath, Locate, PipelineDocument } from '@millrace/spec';

import type { DeclaredConnection } from './resolve-connections.ts';

/** What can be said of a document's connections without asking any system: they exist and can do what is asked. */
export function checkPipelineConnections(
  document: PipelineDocument,
  locate: Locate,
  connections: readonly DeclaredConnection[],
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const known = connections.map((connection) => connection.name);
  const check = (name: string, path: DocumentPath, role: 'source' | 'destination'): void => {
    const place = { path, range: locate(path) };
    const connection = connections.find((candidate) => candidate.name === name);
    if (!connection) {
      diagnostics.push(
        diagnose('connectionUnknown', { connection: name, nearest: nearestNames(name, known), known }, place),
      );
    } else if (role === 'source' && !connection.definition.capabilities.source) {
      diagnostics.push(
        diagnose('connectionNotSource', { connection: name, connector: connection.connector }, place),
      );
    } else if (role === 'destination' && !connection.definition.capabilities.destination) {
      diagnostics.push(
        diagnose('connectionNotDestination', { connection: name, connector: connection.connector }, place),
      );
    }
  };
  for (const [name, step] of Object.entries(document.steps)) {
    if ('source' in step) check(step.source.connection, ['steps', name, 'source', 'connection'], 'source');
    else if ('destination' in step)
      check(step.destination.connection, ['steps', name, 'destination', 'connection'], 'destination');
    else if ('replicate' in step) {
      check(step.replicate.from, ['steps', name, 'replicate', 'from'], 'source');
      check(
        step.replicate.into.connection,
        ['steps', name, 'replicate', 'into', 'connection'],
        'destination',
      );
    }
  }
  return diagnostics;
}
