import type { ProposedEdit } from '@millrace/control-plane';

import type { Paint } from '../terminal/paint.ts';
import { printable, printableLines } from '../terminal/terminal-text.ts';

/** An edit of a document as a diff; nothing when there is none to make. */
export function formatProposal(proposal: ProposedEdit | null, paint: Paint): readonly string[] {
  if (proposal === null) return [];
  const lines = printableLines(proposal.diff)
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return paint('green', line);
      return line.startsWith('-') ? paint('red', line) : line;
    });
  return [`To take in what changed at the source, edit ${printable(proposal.file)}:\n${lines.join('\n')}`];
}
