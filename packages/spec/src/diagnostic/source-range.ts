/** A place in a text. Lines and columns count from 1, columns in UTF-16 code units; offsets count from 0. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Where something stands in a document; `end` is exclusive. */
export interface SourceRange {
  readonly file: string;
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** Steps from the root of a document to a node: names of keys and indices of list items. */
export type DocumentPath = readonly (string | number)[];

/** A part of a text, in UTF-16 code units from its beginning; `to` is exclusive. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the range of the node at a path, of its key with `key`, or of a span of the text that is its value, however that text is quoted,
 * escaped or folded. A path that is not in the text answers with its nearest ancestor, so that a missing key is reported where it should
 * stand; a span that cannot be told, as behind an alias, with the whole value.
 */
export type Locate = (path: DocumentPath, part?: 'key' | 'value' | TextSpan) => SourceRange;

const START: TextPosition = { line: 1, column: 1, offset: 0 };

/** For documents that were not parsed from a text: everything stands at 1:1. */
export function locateNowhere(file: string): Locate {
  return () => ({ file, start: START, end: START });
}

/** `steps.orders.source.columns[2]`, for people. */
export function formatPath(path: DocumentPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
