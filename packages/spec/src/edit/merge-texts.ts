import { readYaml } from '../yaml/read-yaml.ts';
import { cutYaml } from '../yaml/yaml-pieces.ts';
import { read, removeIfThere, set } from './changes-in-place.ts';
import { valueAt } from './document-value.ts';
import type { DocumentValue } from './edit.ts';
import { isMapping } from './render-value.ts';
import { stepBlocks } from './step-blocks.ts';
import { EditRefusal, isSameValue } from './yaml-text.ts';

export type MergeResult =
  /** `mine` and `theirs` are the parts that were taken from either side: steps by name, other keys as they are. */
  | {
      readonly isMerged: true;
      readonly text: string;
      readonly mine: readonly string[];
      readonly theirs: readonly string[];
    }
  /** Parts that both sides changed in different ways; empty where a text is written so that it cannot be taken apart. */
  | { readonly isMerged: false; readonly conflicts: readonly string[] };

/**
 * Puts two changes of one document together, step by step: what only one side changed is taken from it, with its
 * comments. Places on the canvas never conflict: mine count.
 */
export function mergeTexts(base: string, mine: string, theirs: string): MergeResult {
  if (mine === theirs || base === mine) return { isMerged: true, text: theirs, mine: [], theirs: [] };
  const parts = [base, mine, theirs].map(cutIntoParts);
  const [was, left, right] = parts;
  if (was === undefined || left === undefined || right === undefined)
    return { isMerged: false, conflicts: [] };
  const conflicts: string[] = [];
  const taken = { mine: [] as string[], theirs: [] as string[] };
  const chosen = new Map<string, string | undefined>();
  for (const id of new Set([...right.keys(), ...left.keys(), ...was.keys()])) {
    const [old, own, other] = [was, left, right].map((each) => each.get(id));
    const isMine = !isSameText(old, own);
    const isTheirs = !isSameText(old, other);
    if (isMine && isTheirs && !isSameText(own, other)) {
      // Of comments alone, there is nothing to decide.
      const isMeant = id !== LAYOUT && !hasSameValue(id, old, own) && !hasSameValue(id, old, other);
      if (isMeant && !hasSameValue(id, own, other)) conflicts.push(titleOf(id));
      chosen.set(id, id === LAYOUT ? (other ?? own) : hasSameValue(id, old, own) ? other : own);
      continue;
    }
    if (isMine && !isSameText(own, other)) taken.mine.push(titleOf(id));
    else if (isTheirs && !isSameText(own, other)) taken.theirs.push(titleOf(id));
    chosen.set(id, isMine ? own : other);
  }
  if (conflicts.length > 0) return { isMerged: false, conflicts };
  try {
    const text = withMyPlaces(assemble(chosen, right, left), { base, mine });
    return says(text, chosen) ? { isMerged: true, text, ...taken } : { isMerged: false, conflicts: [] };
  } catch (error) {
    if (error instanceof EditRefusal) return { isMerged: false, conflicts: [] };
    throw error;
  }
}

const STEP = 'steps.';
const STEPS = 'steps';
const LAYOUT = 'layout';
const END = '\0end';

type Parts = ReadonlyMap<string, string>;

/** The text as its parts, in order; `steps` is the line above the steps. */
function cutIntoParts(text: string): Parts | undefined {
  const { value, diagnostics } = readYaml(text, '');
  if (diagnostics.length > 0 || typeof value !== 'object' || value === null) return undefined;
  const parts = new Map<string, string>();
  const blocks = stepBlocks(text);
  let above = '';
  let areStepsDone = false;
  for (const piece of cutYaml(text).pieces) {
    if (piece.kind === 'steps' && blocks !== undefined) {
      parts.set(STEPS, above + piece.text);
      above = '';
    } else if (piece.kind === 'step' && blocks !== undefined) {
      if (areStepsDone) continue;
      areStepsDone = true;
      for (const block of blocks) parts.set(STEP + block.name, block.text);
      const last = blocks.at(-1);
      if (last === undefined) return undefined;
      above = afterSteps(text, last.offset + last.text.length);
    } else {
      const key = /^(?:#[^\n]*\n|\s*\n)*([A-Za-z_][A-Za-z0-9_-]*):/.exec(piece.text)?.[1];
      if (key === undefined) {
        if (!/^(?:\s*(?:#[^\n]*)?(?:\n|$))*$/.test(piece.text)) return undefined;
        above += piece.text;
        continue;
      }
      if (parts.has(key)) return undefined;
      const end = looseEnd(piece.text);
      parts.set(key, above + piece.text.slice(0, end));
      above = piece.text.slice(end);
    }
  }
  parts.set(END, above);
  return parts;
}

/** What stands between the last step and the next key. */
function afterSteps(text: string, from: number): string {
  return /^(?:[ \t]*(?:#[^\n]*)?(?:\n|$))*/.exec(text.slice(from))?.[0] ?? '';
}

/** Comments at the margin and empty lines at the end belong to the key below them. */
function looseEnd(text: string): number {
  let end = text.length;
  for (const line of text.split(/(?<=\n)/).toReversed()) {
    if (!/^(?:\s*|#[^\n]*\n?)$/.test(line)) break;
    end -= line.length;
  }
  return end;
}

/** In the order of theirs; what only mine has follows what it follows there. */
function assemble(chosen: ReadonlyMap<string, string | undefined>, theirs: Parts, mine: Parts): string {
  const order = [...theirs.keys()];
  let before: string | undefined;
  for (const id of mine.keys()) {
    if (!order.includes(id)) {
      const at = before === undefined ? -1 : order.indexOf(before);
      order.splice(at + 1, 0, id);
    }
    before = id;
  }
  const hasSteps = [...chosen].some(([id, part]) => id.startsWith(STEP) && part !== undefined);
  let text = '';
  for (const id of order) {
    const written = chosen.get(id) ?? '';
    const part = id === STEPS && !hasSteps ? written.replace(/steps:(?! *\{)/, 'steps: {}') : written;
    if (part !== '' && text !== '' && !text.endsWith('\n')) text += '\n';
    text += part;
  }
  return text;
}

function withMyPlaces(
  text: string,
  { base, mine }: { readonly base: string; readonly mine: string },
): string {
  const [old, own] = [base, mine].map((each) => valueAt(read(each), [LAYOUT]) ?? {});
  if (old === undefined || own === undefined || !isMapping(old) || !isMapping(own)) return text;
  let current = text;
  for (const [name, at] of Object.entries(own)) {
    const was: DocumentValue | undefined = Object.hasOwn(old, name) ? old[name] : undefined;
    if (was === undefined || !isSameValue(was, at)) current = set(current, [LAYOUT, name], at);
  }
  for (const name of Object.keys(old))
    if (!Object.hasOwn(own, name)) current = removeIfThere(current, LAYOUT, name);
  return current;
}

/** Whether the text has the value of each part that was chosen. */
function says(text: string, chosen: ReadonlyMap<string, string | undefined>): boolean {
  const document = read(text);
  return [...chosen].every(([id, part]) => {
    if (id === END || id === STEPS || id === LAYOUT) return true;
    const found = valueAt(document, id.startsWith(STEP) ? [STEPS, id.slice(STEP.length)] : [id]);
    const alone = valueOf(id, part);
    return alone === undefined || found === undefined ? alone === found : isSameValue(found, alone);
  });
}

/** What a part says alone. */
function valueOf(id: string, part: string | undefined): DocumentValue | undefined {
  if (part === undefined || id === END || id === STEPS) return undefined;
  return id.startsWith(STEP)
    ? valueAt(read(`steps:\n${part}`), [STEPS, id.slice(STEP.length)])
    : valueAt(read(part), [id]);
}

function hasSameValue(id: string, left: string | undefined, right: string | undefined): boolean {
  const [one, other] = [valueOf(id, left), valueOf(id, right)];
  return one === undefined || other === undefined ? one === other : isSameValue(one, other);
}

function isSameText(left: string | undefined, right: string | undefined): boolean {
  return left?.trimEnd() === right?.trimEnd();
}

function titleOf(id: string): string {
  return id.startsWith(STEP) ? id.slice(STEP.length) : id === END ? 'comments' : id;
}
