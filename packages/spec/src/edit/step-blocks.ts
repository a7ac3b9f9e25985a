import { readYaml } from '../yaml/read-yaml.ts';
import { cutYaml } from '../yaml/yaml-pieces.ts';

/** The lines of a step, with the comments above it. */
export interface StepBlock {
  readonly name: string;
  /** Whole lines. */
  readonly text: string;
  /** Spaces before the name. */
  readonly indent: number;
  readonly offset: number;
}

/** The steps of a text as its lines; undefined when they do not stand under each other, one below `steps`. */
export function stepBlocks(text: string): readonly StepBlock[] | undefined {
  const { pieces } = cutYaml(text);
  if (!pieces.some(({ kind }) => kind === 'step')) return undefined;
  const blocks: StepBlock[] = [];
  let above = '';
  let offset = 0;
  for (const piece of pieces) {
    const start = offset - above.length;
    offset += piece.text.length;
    if (piece.kind !== 'step') continue;
    const value: unknown = readYaml(piece.text, '').value;
    // Comments above the first step are a piece of their own.
    if (/^(?: *(?:#[^\n]*)?\n)*$/.test(piece.text)) {
      above += piece.text;
      continue;
    }
    const [name, ...others] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (name === undefined || others.length > 0) return undefined;
    const indent = /^ */.exec(piece.text.replace(/^(?: *(?:#[^\n]*)?\n)*/, ''))?.[0].length ?? 0;
    const end = ownEnd(piece.text, indent);
    blocks.push({ name, text: above + piece.text.slice(0, end), indent, offset: start });
    above = piece.text.slice(end);
  }
  return blocks;
}

/** Comments and empty lines at the end belong to the step below them, when they are not indented as parts of this one. */
function ownEnd(text: string, indent: number): number {
  const lines = text.split(/(?<=\n)/);
  let end = text.length;
  for (const line of lines.toReversed()) {
    const isLoose = /^\s*$/.test(line) || new RegExp(`^ {0,${indent}}#`).test(line);
    if (!isLoose) break;
    end -= line.length;
  }
  return end;
}
