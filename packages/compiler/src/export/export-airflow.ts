import type { PipelineDocument } from '@millrace/spec';

import type { Plan } from '../plan.ts';
import { groupTasks } from './group-tasks.ts';

/** What a DAG says beside the plan. */
export type AirflowSettings = Pick<PipelineDocument, 'description' | 'schedule'>;

/**
 * A DAG for Airflow 2.4 and later that runs the pipeline: one task for each group of tables that need nothing of the
 * others. Runs of one pipeline exclude each other, so that the DAG runs one task at a time.
 */
export function exportAirflow(plan: Plan, { description, schedule }: AirflowSettings): string {
  const { pipeline } = plan;
  const groups = groupTasks(plan);
  const taken = new Set<string>();
  // As they were exported, whatever becomes of defaults and environments.
  const given = Object.entries(plan.parameters ?? {}).flatMap(([name, value]) => [
    '--param',
    `${name}=${value}`,
  ]);
  const tasks = groups.map(({ name, tables }) => {
    const id = identifier(name, taken);
    const words = ['millrace', 'run', pipeline, ...given, ...tables.flatMap((table) => ['--tables', table])];
    return `    ${id} = BashOperator(
        task_id=${text(name)},
        bash_command=${text(words.map(shellWord).join(' '))},
        cwd=PROJECT,
        pool=POOL,
    )`;
  });
  const ids = [...taken];
  const verify = identifier('verify', taken);
  const timezone = schedule?.timezone ?? 'UTC';
  return `"""${docText(description ?? `Runs the Millrace pipeline ${pipeline}.`)}

Written by: millrace export airflow ${docText(pipeline)}
The pipeline's document is the original; export again when it changes.
"""

from datetime import timedelta

import pendulum
from airflow import DAG
${OPERATOR_IMPORT}

# The folder with millrace.yaml, on the machine that works the tasks.
PROJECT = "/opt/millrace"
# A pool bounds what all DAGs ask of the same systems at once; "default_pool" is always there.
POOL = "default_pool"

with DAG(
    dag_id=${text(`millrace_${pipeline}`)},
    description=${text(description ?? `Millrace pipeline ${pipeline}`)},
    schedule=${schedule === undefined ? 'None' : text(schedule.cron)},
    start_date=pendulum.datetime(2026, 1, 1, tz=${text(timezone)}),
    catchup=${schedule?.catchUp === 'all' ? 'True' : 'False'},
    # Runs of one pipeline exclude each other.
    max_active_runs=1,
    max_active_tasks=1,
    default_args={
        # A run that was killed is taken up where it stood.
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
    },
    tags=["millrace"],
) as dag:
${tasks.join('\n\n')}

    ${verify} = BashOperator(
        task_id=${text(verify)},
        bash_command=${text(['millrace', 'verify', pipeline, ...given].map(shellWord).join(' '))},
        cwd=PROJECT,
        pool=POOL,
    )

    [${ids.join(', ')}] >> ${verify}
`;
}

/** Airflow 3 moved the operator into a provider of its own. */
const OPERATOR_IMPORT = `
try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator`;

/** A Python name that nothing else has. */
function identifier(name: string, taken: Set<string>): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  const base = KEYWORDS.has(plain) ? `${plain}_` : plain;
  let made = base;
  for (let count = 2; taken.has(made); count++) made = `${base}_${count}`;
  taken.add(made);
  return made;
}

/** Words of Python, and names that the file itself uses. */
const KEYWORDS: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield dag DAG POOL PROJECT BashOperator pendulum timedelta'.split(
    ' ',
  ),
);

/** A text as Python reads it: its escapes are those of JSON, but for characters beyond the first plane. */
function text(value: string): string {
  return JSON.stringify(value);
}

function docText(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function shellWord(word: string): string {
  // Braces would be a template of Airflow.
  const safe = word.replaceAll('{{', "{{ '{{' }}").replaceAll('{%', "{{ '{%' }}");
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}
