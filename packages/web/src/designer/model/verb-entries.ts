import { CHECKS, VERBS, type CheckName, type DocumentValue, type VerbName } from '@millrace/spec';

export type Stage = 'source' | 'transform' | 'check' | 'destination';
export const PALETTE_GROUPS = ['sources', 'shape', 'combine', 'check', 'publish'] as const;
export type PaletteGroup = (typeof PALETTE_GROUPS)[number];

type Slot = readonly string[];

/** A verb as the palette, the canvas and the inspector know it; all of it comes from the language itself. */
export interface VerbEntry {
  readonly kind: 'verb';
  readonly name: VerbName;
  readonly group: PaletteGroup;
  readonly stage: Stage;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly inputs: readonly Slot[];
  readonly isReadable: boolean;
  /** Outputs have names: `step.output`. */
  readonly hasOutputs: boolean;
  readonly writes: boolean;
}

export interface CheckEntry {
  readonly kind: 'check';
  readonly name: CheckName;
  readonly group: 'check';
  readonly summary: string;
  readonly example: DocumentValue;
}

export const VERB_ENTRIES: readonly VerbEntry[] = VERBS.map((verb) => {
  const inputs: readonly Slot[] = verb.inputs;
  const takesSeveral = inputs.length > 1 || inputs.some((slot) => slot.includes('*'));
  const stage: Stage = verb.writes ? 'destination' : inputs.length === 0 ? 'source' : 'transform';
  const groups = { destination: 'publish', source: 'sources', check: 'check' } as const;
  return {
    kind: 'verb',
    name: verb.name,
    group: stage === 'transform' ? (takesSeveral ? 'combine' : 'shape') : groups[stage],
    stage,
    summary: verb.schema.description ?? '',
    inputs,
    isReadable: verb.isReadable,
    hasOutputs: 'outputs' in verb,
    writes: verb.writes,
  };
});

const BY_NAME: ReadonlyMap<string, VerbEntry> = new Map(VERB_ENTRIES.map((entry) => [entry.name, entry]));

export function verbEntry(name: VerbName | undefined): VerbEntry | undefined {
  return name === undefined ? undefined : BY_NAME.get(name);
}

export const CHECK_ENTRIES: readonly CheckEntry[] = CHECKS.map(({ name, schema }) => ({
  kind: 'check',
  name,
  group: 'check',
  summary: schema.description ?? '',
  example: firstExample(schema.meta()?.['examples']),
}));

function firstExample(examples: unknown): DocumentValue {
  const [example]: readonly unknown[] = Array.isArray(examples) ? examples : [];
  // Examples of the language are data of it.
  return (example ?? {}) as DocumentValue;
}
