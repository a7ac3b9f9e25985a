import { styleText } from 'node:util';

export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** Colours for a terminal that wants them; NO_COLOR and pipes get plain text. */
export function createPaint(isColourful: boolean): Paint {
  return isColourful ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}
