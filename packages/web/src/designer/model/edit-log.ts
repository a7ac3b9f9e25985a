/** A change of a text: what stood at a place and what stands there now. */
interface Splice {
  readonly at: number;
  readonly before: string;
  readonly after: string;
}

interface LoggedEdit {
  readonly label: string;
  readonly splice: Splice;
  /** Typing that goes on is one step of undo. */
  readonly group: string | undefined;
}

/** The text of a document with all that was done to it: every change can be taken back, and made again. */
export interface EditLog {
  readonly text: string;
  readonly past: readonly LoggedEdit[];
  readonly future: readonly LoggedEdit[];
}

export function startLog(text: string): EditLog {
  return { text, past: [], future: [] };
}

/** Changes of one `group` that follow each other are undone together. */
export function changeText(log: EditLog, text: string, label: string, group?: string): EditLog {
  if (text === log.text) return log;
  const last = log.past.at(-1);
  const isContinued = group !== undefined && last?.group === group && log.future.length === 0;
  const before = isContinued ? revert(log.text, last.splice) : log.text;
  const splice = spliceBetween(before, text);
  const past = isContinued ? log.past.slice(0, -1) : log.past;
  return { text, past: [...past, { label, splice, group }], future: [] };
}

export function undo(log: EditLog): EditLog {
  const last = log.past.at(-1);
  if (last === undefined) return log;
  return {
    text: revert(log.text, last.splice),
    past: log.past.slice(0, -1),
    future: [...log.future, { ...last, group: undefined }],
  };
}

export function redo(log: EditLog): EditLog {
  const next = log.future.at(-1);
  if (next === undefined) return log;
  const { at, before, after } = next.splice;
  return {
    text: log.text.slice(0, at) + after + log.text.slice(at + before.length),
    past: [...log.past, next],
    future: log.future.slice(0, -1),
  };
}

function revert(text: string, { at, before, after }: Splice): string {
  return text.slice(0, at) + before + text.slice(at + after.length);
}

function spliceBetween(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before.charCodeAt(at) === after.charCodeAt(at)) at += 1;
  let end = 0;
  while (
    end < shorter - at &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end += 1;
  return { at, before: before.slice(at, before.length - end), after: after.slice(at, after.length - end) };
}
