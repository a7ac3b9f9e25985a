import { formatLogicalType, formatTableName, type Field } from '@millrace/spec';

import { LANDING, STEPS, type LoadTask, type Plan } from '../plan.ts';
import { titleRelation } from '../explain/title-relation.ts';
import { followColumn } from './follow-column.ts';
import { tracePlan, type Lineage, type LineageColumn, type RowLineage } from './trace-plan.ts';

/** A run event of OpenLineage 2-0-2, as its collectors take it. */
export interface OpenLineageEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
  readonly eventTime: string;
  readonly run: { readonly runId: string };
  readonly job: { readonly namespace: string; readonly name: string };
  readonly inputs: readonly OpenLineageDataset[];
  readonly outputs: readonly OpenLineageDataset[];
  readonly producer: string;
  readonly schemaURL: string;
}

export interface OpenLineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Readonly<Record<string, unknown>>;
}

/** The run that an event tells of. */
export interface OpenLineageRun {
  readonly eventType: OpenLineageEvent['eventType'];
  /** ISO 8601 UTC. */
  readonly eventTime: string;
  /** A UUID. */
  readonly runId: string;
  /** Namespace of the job: the project. */
  readonly namespace: string;
}

const PRODUCER = 'urn:millrace';
const FACETS = 'https://openlineage.io/spec/facets';
const RUN_EVENT = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';
const SCHEMA = `${FACETS}/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet`;
const COLUMN_LINEAGE = `${FACETS}/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet`;

const SUBTYPES = {
  copied: 'IDENTITY',
  transformed: 'TRANSFORMATION',
  aggregated: 'AGGREGATION',
  filtered: 'FILTER',
  joined: 'JOIN',
  grouped: 'GROUP_BY',
  sorted: 'SORT',
} as const;

type How = keyof typeof SUBTYPES;

/** The event of a run of a plan: what it read and wrote, with the lineage of every published column. */
export function openLineageEvent(plan: Plan, run: OpenLineageRun): OpenLineageEvent {
  const lineage = tracePlan(plan);
  const masks = new Set(
    plan.steps.filter(({ verb }) => verb === 'mask').map(({ ref }) => titleRelation(ref)),
  );
  const connectors = new Map<string, string>();
  for (const { source, destination } of plan.tasks) {
    connectors.set(source.connection, source.connector);
    connectors.set(destination.connection, destination.connector);
  }
  const namespace = (connection: string) => `${connectors.get(connection) ?? 'millrace'}://${connection}`;
  const inputs = plan.tasks.filter(({ source }) => source.connection !== STEPS);
  const outputs = plan.tasks.filter(({ destination }) => destination.connection !== LANDING);
  return {
    eventType: run.eventType,
    eventTime: run.eventTime,
    run: { runId: run.runId },
    job: { namespace: run.namespace, name: plan.pipeline },
    inputs: unique(
      inputs.map(({ source }) => ({
        namespace: namespace(source.connection),
        name: formatTableName(source.table.table),
        facets: { schema: schemaFacet(source.fields) },
      })),
    ),
    outputs: outputs.map((task) => ({
      namespace: namespace(task.destination.connection),
      name: formatTableName(task.destination.table),
      facets: {
        schema: schemaFacet(task.columns.map(({ field }) => field)),
        columnLineage: columnLineage(task, { lineage, masks }, namespace),
      },
    })),
    producer: PRODUCER,
    schemaURL: RUN_EVENT,
  };
}

function unique(datasets: readonly OpenLineageDataset[]): readonly OpenLineageDataset[] {
  return [...new Map(datasets.map((each) => [JSON.stringify([each.namespace, each.name]), each])).values()];
}

function schemaFacet(fields: readonly Field[]) {
  return {
    _producer: PRODUCER,
    _schemaURL: SCHEMA,
    fields: fields.map(({ name, type }) => ({ name, type: formatLogicalType(type) })),
  };
}

interface InputField {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly transformations: readonly {
    readonly type: 'DIRECT' | 'INDIRECT';
    readonly subtype: (typeof SUBTYPES)[How];
    readonly description: string;
    readonly masking: boolean;
  }[];
}

/** A plan's lineage, and the steps in it that mask. */
interface MaskedLineage {
  readonly lineage: Lineage;
  readonly masks: ReadonlySet<string>;
}

function columnLineage(task: LoadTask, traced: MaskedLineage, namespace: (connection: string) => string) {
  const { lineage } = traced;
  const { connection, table } = task.destination;
  const name = formatTableName(table);
  const inputField = (
    column: LineageColumn,
    how: How,
    type: 'DIRECT' | 'INDIRECT',
    description: string,
    masking = false,
  ): readonly InputField[] =>
    column.connection === null
      ? []
      : [
          {
            namespace: namespace(column.connection),
            name: column.name,
            field: column.column,
            transformations: [{ type, subtype: SUBTYPES[how], description, masking }],
          },
        ];
  const rows = new Set<RowLineage>();
  const fields = task.columns.map(({ field }) => {
    const target: LineageColumn = { kind: 'destination', connection, name, column: field.name };
    const followed = followColumn(lineage, target, 'upstream');
    for (const use of followed.rows) rows.add(use);
    const inputFields = sourcesOf(traced, target).flatMap(({ column, how, isMasked }) =>
      inputField(column, how, 'DIRECT', '', isMasked),
    );
    return [field.name, { inputFields }] as const;
  });
  // What decides about rows decides about all columns; said once for the dataset.
  const indirect = [...rows].flatMap(({ from, to, how }) =>
    sourcesOf(traced, from).flatMap(({ column }) =>
      inputField(column, how, 'INDIRECT', `${how} in ${to.name}`),
    ),
  );
  return {
    _producer: PRODUCER,
    _schemaURL: COLUMN_LINEAGE,
    fields: Object.fromEntries(fields),
    dataset: [...new Map(indirect.map((each) => [JSON.stringify(each), each])).values()],
  };
}

/** The columns of sources that a column is made of, each with the strongest of what becomes of it on the way. */
function sourcesOf(
  { lineage, masks }: MaskedLineage,
  column: LineageColumn,
): readonly {
  readonly column: LineageColumn;
  readonly how: keyof typeof STRENGTH;
  readonly isMasked: boolean;
}[] {
  if (column.kind === 'source') return [{ column, how: 'copied', isMasked: false }];
  const { edges } = followColumn(lineage, column, 'upstream');
  const ends = new Set(edges.map(({ from }) => from).filter(({ kind }) => kind === 'source'));
  return [...ends].map((end) => {
    const down = new Set(followColumn(lineage, end, 'downstream').edges);
    const between = edges.filter((edge) => down.has(edge));
    const how = between
      .map((edge) => edge.how)
      .reduce((left, right) => (STRENGTH[right] > STRENGTH[left] ? right : left), 'copied');
    // A mask hands on what it does not mask as it is.
    const isMasked = between.some((edge) => masks.has(edge.to.name) && edge.how !== 'copied');
    return { column: end, how, isMasked };
  });
}

const STRENGTH = { copied: 0, transformed: 1, aggregated: 2 } as const;
