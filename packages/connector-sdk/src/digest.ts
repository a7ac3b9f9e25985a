import type { Field, TableName } from '@millrace/spec';

/**
 * Verification: order-free sums of a 64-bit hash per row over the canonical text of its columns, computed where the
 * rows live. Two tables are equal (up to hash collision) when all buckets agree in count and sum.
 *
 * Canonical text of a value, the same in every system:
 *
 * | type            | text                                                                                           |
 * |-----------------|------------------------------------------------------------------------------------------------|
 * | boolean         | `0` or `1`                                                                                     |
 * | integer         | decimal digits, `-` in front                                                                   |
 * | decimal(p, s)   | exactly s digits after the point (no point when s = 0), at least one before it, no `-` for zero |
 * | float           | `nan`, `inf`, `-inf`, `0`, `-0` (as `0`), else `<sign><m>e<e>`: value = m x 2^(e-52), 2^52 <= m < 2^53 (subnormals normalised too; float32 after exact widening to float64) |
 * | string          | the text itself                                                                                |
 * | json            | the text itself                                                                                |
 * | bytes           | lower-case hexadecimal                                                                         |
 * | uuid            | lower case with hyphens                                                                        |
 * | date            | `YYYY-MM-DD`, year at least 4 digits; astronomical, with `-` for years before 0000; `infinity`, `-infinity` |
 * | time            | `HH:MM:SS.ffffff`                                                                              |
 * | timestamp       | `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC for timestamptz; `infinity`, `-infinity`                  |
 *
 * Text of a row: for each column in order `~` for NULL, else `<length of the canonical text in UTF-8 bytes>:<text>`,
 * each followed by `|`. Row hash: the first 16 hexadecimal digits of MD5 over the row's text in UTF-8, as an unsigned
 * 64-bit integer. Key hash: the same over the key columns only. Bucket: key hash modulo `buckets` (row hash when there
 * is no key).
 */
export interface DigestRequest {
  readonly table: TableName;
  /** Columns to compare, in order, with the types to read them as (the source passes its own names). */
  readonly fields: readonly DigestField[];
  /** Names among `fields`; empty when rows have no key. */
  readonly key: readonly string[];
  /** A power of two. */
  readonly buckets: number;
  /** Extra condition in the system's own SQL that both sides understand the same way; built by the connector, not by users. */
  readonly where?: DigestFilter;
}

export interface DigestField extends Field {
  /** The source's own declaration, where `SourceField` has one. */
  readonly nativeType?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export type DigestFilter =
  /** Rows that are not marked deleted (soft deletes). */
  | { readonly kind: 'isNull'; readonly column: string }
  /** Current versions (scd2). */
  | { readonly kind: 'isTrue'; readonly column: string }
  /** Rows at or below a high mark. */
  | { readonly kind: 'atMost'; readonly column: string; readonly value: string };

export interface BucketDigest {
  readonly bucket: number;
  readonly rows: bigint;
  /** Sum of the row hashes modulo 2^64. */
  readonly sum: bigint;
}

export interface RowDigest {
  /** Canonical text of the key columns; empty when rows have no key. */
  readonly key: readonly string[];
  readonly hash: bigint;
}

export interface Digestible {
  /** One scan of the table. Buckets without rows are left out. */
  digest(request: DigestRequest, signal: AbortSignal): Promise<readonly BucketDigest[]>;
  /** Key and hash of each row in the given buckets. */
  digestRows(
    request: DigestRequest,
    inBuckets: readonly number[],
    signal: AbortSignal,
  ): AsyncIterable<RowDigest>;
}
