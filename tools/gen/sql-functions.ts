import { DuckDBInstance } from '@duckdb/node-api';

/** The functions of DuckDB by name with what they take, for completion where SQL is written. */
export async function sqlFunctions(): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const rows = await connection.runAndReadAll(`
      SELECT function_name AS name, arg_min(array_to_string(parameters, ', '), len(parameters)) AS takes
      FROM duckdb_functions()
      WHERE function_type IN ('scalar', 'aggregate') AND NOT starts_with(function_name, '_')
        AND regexp_full_match(function_name, '[a-z][a-z0-9_]*') AND schema_name = 'main'
        AND NOT regexp_matches(function_name, '^(current_setting|getenv|read_|pg_|has_|nextval|currval|set_bit|write_log|duckdb_)')
      GROUP BY function_name ORDER BY function_name`);
    const lines = rows
      .getRowsJson()
      .map(
        (row) =>
          `  [${row.map((text) => `'${JSON.stringify(text).slice(1, -1).replaceAll("'", '')}'`).join(', ')}],`,
      );
    return `// Generated from DuckDB by npm run gen; do not edit.

/** Functions of SQL with the names of what they take. */
export const SQL_FUNCTIONS: readonly (readonly [name: string, takes: string])[] = [
${lines.join('\n')}
];
`;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
