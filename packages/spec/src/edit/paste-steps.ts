import { read, set } from './changes-in-place.ts';
import { setValue, valueAt } from './document-value.ts';
import { groupSteps, wholeGroups, type StepGroup } from './group-steps.ts';
import { isMapping, renderText, renderValue } from './render-value.ts';
import { renameStep } from './rename-step.ts';
import { stepBlocks, type StepBlock } from './step-blocks.ts';
import { EditRefusal, isSameValue } from './yaml-text.ts';

/**
 * The YAML of steps, with their comments, as it can be pasted into a document or sent to a person: a map of steps, or a
 * document where whole groups are among them.
 */
export function copySteps(text: string, names: readonly string[]): string {
  const blocks = stepBlocks(text);
  const steps = valueAt(read(text), ['steps']);
  const groups = wholeGroups(text, names);
  const indent = groups.length === 0 ? 0 : 2;
  const lines = names
    .flatMap((name) => {
      const block = blocks?.find((candidate) => candidate.name === name);
      if (block !== undefined) return indented(block, indent);
      const step = valueAt(steps ?? null, [name]);
      return step === undefined ? [] : `${' '.repeat(indent)}${renderText(name)}: ${renderValue(step)}\n`;
    })
    .join('')
    .replace(/^\n+/, '');
  return groups.length === 0 ? lines : `steps:\n${lines}${renderGroups(groups)}`;
}

function renderGroups(groups: readonly StepGroup[]): string {
  return `groups:\n${groups.map(({ name, steps }) => `  ${renderText(name)}: ${renderValue(steps)}\n`).join('')}`;
}

/** The text with the steps of another text; see the edit of this name. */
export function pasteSteps(text: string, yaml: string): string {
  const target = read(text);
  const taken = valueAt(target, ['steps']);
  const pasted = withFreeNames(
    asDocument(yaml),
    taken !== undefined && isMapping(taken) ? Object.keys(taken) : [],
  );
  const withSteps = addSteps(text, pasted);
  const groups = valueAt(target, ['groups']);
  const used = new Set(groups !== undefined && isMapping(groups) ? Object.keys(groups) : []);
  return wholeGroups(pasted, Object.keys(stepsOf(pasted))).reduce((current, { name, steps }) => {
    const free = freeName(name, used);
    used.add(free);
    return groupSteps(current, free, steps);
  }, withSteps);
}

function addSteps(text: string, pasted: string): string {
  const target = read(text);
  const steps = stepsOf(pasted);
  const blocks = stepBlocks(text);
  const added = stepBlocks(pasted);
  const last = blocks?.at(-1);
  if (last !== undefined && added !== undefined) {
    const at = last.offset + last.text.length;
    const before = text.slice(0, at);
    const lines = added.map((block) => indented(block, last.indent)).join('');
    const result = `${before}${before.endsWith('\n') ? '' : '\n'}${lines}${text.slice(at)}`;
    const expected = Object.entries(steps).reduce(
      (value, [name, step]) => setValue(value, ['steps', name], step),
      target,
    );
    if (isSameValue(read(result), expected)) return result;
  }
  return Object.entries(steps).reduce((current, [name, step]) => set(current, ['steps', name], step), text);
}

/** What is pasted as a document with nothing but steps and groups of them. */
function asDocument(yaml: string): string {
  const text = yaml.replaceAll('\r\n', '\n').replaceAll('\t', '  ');
  const value = read(text);
  if (!isMapping(value))
    throw new EditRefusal('What is pasted holds no steps: a step is its name with a verb.');
  if (isMapping(value['steps'] ?? null)) {
    const blocks = stepBlocks(text);
    const lines = blocks?.map((block) => indented(block, 2)).join('');
    const groups = wholeGroups(text, Object.keys(stepsOf(text)));
    return `steps:\n${
      lines ??
      Object.entries(stepsOf(text))
        .map(([name, step]) => `  ${renderText(name)}: ${renderValue(step)}\n`)
        .join('')
    }${groups.length === 0 ? '' : renderGroups(groups)}`;
  }
  const lines = text.split('\n').map((line) => (line.trim() === '' ? '' : `  ${line}`));
  const document = `steps:\n${lines.join('\n').trimEnd()}\n`;
  stepsOf(document);
  return document;
}

function stepsOf(text: string): { readonly [name: string]: ReturnType<typeof read> } {
  const steps = valueAt(read(text), ['steps']);
  if (steps === undefined || !isMapping(steps) || !Object.values(steps).every(isMapping))
    throw new EditRefusal('What is pasted holds no steps: a step is its name with a verb.');
  return steps;
}

function withFreeNames(document: string, taken: readonly string[]): string {
  const names = Object.keys(stepsOf(document));
  const used = new Set([...taken, ...names]);
  let current = document;
  for (const name of names) {
    if (!taken.includes(name)) continue;
    const free = freeName(name, used);
    used.add(free);
    current = renameStep(current, name, free);
  }
  return current;
}

/** `orders2` when there is an `orders`. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/\d+$/, '') || wanted;
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}${number}`)) return `${stem}${number}`;
}

function indented({ text, indent }: StepBlock, to: number): string {
  const lines = text.split('\n').map((line) => {
    if (line.trim() === '') return '';
    const spaces = Math.max(0, (/^ */.exec(line)?.[0].length ?? 0) - indent + to);
    return `${' '.repeat(spaces)}${line.trimStart()}`;
  });
  const joined = lines.join('\n');
  return joined.endsWith('\n') ? joined : `${joined}\n`;
}
