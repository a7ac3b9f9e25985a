export const READS_CATALOGUE = 'reads the catalogue of the engine instead of the inputs';

/** Functions that a step's SQL must not call, by what they would do. Each belongs to DuckDB itself or to an extension a machine may have. */
const FORBIDDEN: readonly (readonly [does: string, names: string])[] = [
  [
    'reads files',
    `glob read_csv read_csv_auto read_parquet parquet_scan read_json read_json_auto read_json_objects read_json_objects_auto
     read_ndjson read_ndjson_auto read_ndjson_objects read_text read_blob read_duckdb read_xlsx sniff_csv parquet_metadata
     parquet_schema parquet_file_metadata parquet_full_metadata parquet_kv_metadata parquet_bloom_probe iceberg_scan
     iceberg_metadata iceberg_snapshots delta_scan st_read st_read_meta shapefile_meta sqlite_scan`,
  ],
  [
    'reaches other systems',
    `http_get http_post postgres_scan postgres_scan_pushdown postgres_query mysql_scan mysql_query sqlite_query read_gsheet`,
  ],
  ['reads the environment', 'getenv'],
  [
    'reads settings of the machine that runs it',
    `current_setting getvariable which_secret version pg_conf_load_time pg_postmaster_start_time get_block_size
     inet_client_addr inet_client_port inet_server_addr inet_server_port pragma_version pragma_platform pragma_user_agent
     icu_calendar_names pg_timezone_names`,
  ],
  [
    READS_CATALOGUE,
    `current_database current_catalog current_schema current_schemas in_search_path current_query current_role current_user
     session_user user pg_get_viewdef pg_get_constraintdef pg_get_expr pg_has_role pg_my_temp_schema pg_is_other_temp_schema
     obj_description col_description shobj_description pg_collation_is_visible pg_conversion_is_visible pg_function_is_visible
     pg_opclass_is_visible pg_operator_is_visible pg_opfamily_is_visible pg_table_is_visible pg_ts_config_is_visible
     pg_ts_dict_is_visible pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible has_any_column_privilege
     has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege has_function_privilege
     has_language_privilege has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege
     has_tablespace_privilege seq_scan storage_info summary sql_auto_complete stats parse_duckdb_log_message`,
  ],
  [
    'keeps state outside of the rows',
    'nextval currval setseed write_log current_connection_id current_query_id current_transaction_id txid_current',
  ],
  ['waits instead of computing', 'sleep_ms pg_sleep'],
  [
    'runs SQL that it is given as text, which cannot be checked',
    'query query_table json_execute_serialized_sql json_serialize_plan json_serialize_sql json_deserialize_sql histogram_values',
  ],
  ['reads memory by its address', 'arrow_scan arrow_scan_dumb'],
];

const REASONS: ReadonlyMap<string, string> = new Map(
  FORBIDDEN.flatMap(([does, names]) => names.split(/\s+/u).map((name) => [name, does] as const)),
);

/** Table functions that compute from their arguments alone; every other one is refused, known or not. */
const TABLE_FUNCTIONS: ReadonlySet<string> = new Set([
  'unnest',
  'range',
  'generate_series',
  'json_each',
  'json_tree',
  'repeat',
  'repeat_row',
  'regexp_split_to_table',
]);

/** What a function would do that no step's SQL may do, like `reads files`; undefined when it may be called. */
export function forbiddenCall(name: string, where: 'expression' | 'table'): string | undefined {
  const reason = REASONS.get(name);
  if (reason !== undefined) return reason;
  if (/^(?:duckdb_|pragma_|__internal_)/u.test(name)) return 'reads or changes the inside of the engine';
  if (where === 'table' && !TABLE_FUNCTIONS.has(name)) return 'is no function that only computes rows';
  return undefined;
}

/** What a relation would do that DuckDB makes up for a name no input has: a file, an address, a view of its catalogue. */
export function forbiddenRelation(schema: string, name: string): string | undefined {
  const isCatalogue =
    /^(?:information_schema|pg_catalog)$/iu.test(schema) || /^(?:duckdb_|sqlite_|pragma_|pg_)/iu.test(name);
  return isCatalogue ? READS_CATALOGUE : forbiddenPath(name);
}

/** What a relation would do whose name is a path or an address, which no input's name is. */
export function forbiddenPath(name: string): string | undefined {
  if (/^(?:https?|s3|gcs|gs|r2|az|azure|abfss|hf|ftp|md|ducklake|postgres|mysql|sqlite):/iu.test(name)) {
    return 'reaches other systems';
  }
  const isFile =
    /[\\/]|\.(?:csv|tsv|txt|parquet|json|jsonl|ndjson|duckdb|db|sqlite|xlsx|arrow|gz|zst)$/iu.test(name);
  return isFile ? 'reads files' : undefined;
}

const VALUE_NAMES = new Set([
  'current_catalog',
  'current_role',
  'current_schema',
  'current_user',
  'session_user',
  'user',
]);

/** What a plain name would do that DuckDB reads as a call where no column has it. */
export function forbiddenValue(name: string): string | undefined {
  return VALUE_NAMES.has(name.toLowerCase()) ? READS_CATALOGUE : undefined;
}
