import { renderText, renderValue, type DocumentValue } from '@millrace/spec';

/** Comments are broken before this column. */
const WIDTH = 110;

/** Writes a document line by line, comments where they belong. */
export class DocumentText {
  readonly #lines: string[] = [];

  /** A remark on what follows; long ones go over several lines. Whatever is in it, it stays a comment. */
  comment(indent: string, text: string): this {
    const words = printable(text).split(' ');
    let line = `${indent}#`;
    for (const word of words) {
      if (line.length + word.length + 1 > WIDTH && line.length > indent.length + 1) {
        this.#lines.push(line);
        line = `${indent}#  `;
      }
      line += ` ${word}`;
    }
    this.#lines.push(line);
    return this;
  }

  /** A step that is not there yet: it takes effect without the signs of comment. */
  proposedStep(indent: string, name: string, verb: string, settings: DocumentValue): this {
    this.#lines.push(
      `${indent}# ${renderText(name)}:`,
      `${indent}#   ${renderText(verb)}: ${renderValue(settings)}`,
    );
    return this;
  }

  /** `key: value`, or `key:` where the value stands in the lines below. */
  entry(indent: string, key: string, value?: DocumentValue): this {
    this.#lines.push(`${indent}${renderText(key)}:${value === undefined ? '' : ` ${renderValue(value)}`}`);
    return this;
  }

  /** An item of a list: `- key: value`. */
  item(indent: string, key: string, value: DocumentValue): this {
    this.#lines.push(`${indent}- ${renderText(key)}: ${renderValue(value)}`);
    return this;
  }

  blank(): this {
    if (this.#lines.at(-1) !== '') this.#lines.push('');
    return this;
  }

  toString(): string {
    return `${this.#lines.join('\n').trimEnd()}\n`;
  }
}

/** Names of tables and columns come from strangers: nothing in them may end the comment. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufeff\ufffe\uffff]|\p{Cs}/gu, '·')
    .replace(/\s+/gu, ' ')
    .trim();
}
