import type { DestinationType, LogicalType } from '@millrace/spec';
import { duckdbType } from '@millrace/sql';

/** The type of a column that holds every value of a logical type. */
export function nativeType(type: LogicalType): string {
  // DuckDB's JSON is VARCHAR with a check that refuses texts other databases accept ("\ud800" alone); its JSON
  // functions and operators take VARCHAR too.
  return type.kind === 'json' ? 'VARCHAR' : duckdbType(type);
}

/** A type name as DuckDB reports it, in the words of `nativeType`. */
export function reportedType(name: string): string {
  return name === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : name;
}

export function destinationType(type: LogicalType): DestinationType {
  const native = nativeType(type);
  if (type.kind !== 'float') return { native };
  // Constant and RLE compression of native storage take -0.0 and 0.0 as equal, whatever compression a column asks for.
  return { native, mapping: 'The sign of zero can be lost: -0.0 may become 0.0.' };
}
