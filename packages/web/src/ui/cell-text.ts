import { plainText } from './plain-text.ts';

/** A value of a result as it comes over HTTP: exact, so numbers that JavaScript cannot hold are texts. */
export type CellValue = unknown;

/** Characters of a cell that are shown in the grid; the rest is read in the opened cell. */
export const SHOWN_CHARACTERS = 300;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text of a value, whole. */
export function cellText(value: CellValue): string {
  return plainText(value);
}

/** Makes characters visible that are not: line ends, tabs, escape sequences, marks that turn the direction of text. */
export function showControls(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    if (code === 10) return '↵';
    if (code === 9) return '⇥';
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}

/** What a cell of the grid shows: one line, bounded, with nothing hidden in it. */
export function shownText(value: CellValue): string {
  const text = cellText(value);
  return text.length > SHOWN_CHARACTERS
    ? `${showControls(text.slice(0, SHOWN_CHARACTERS))}…`
    : showControls(text);
}
