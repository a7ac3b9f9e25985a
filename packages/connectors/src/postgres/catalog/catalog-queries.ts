/** Schema of Millrace's own bookkeeping in a destination. */
export const OWN_SCHEMA = '_millrace';

/** Readable things of the database by name: oid, schema, name, kind, whether the role may read any of it. */
export const TABLES = `SELECT c.oid, n.nspname, c.relname, c.relkind,
  has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '${OWN_SCHEMA}')`;

/** Columns of the tables in $1 (an array of oids) in order; domains are followed down to what they are made of. */
export const COLUMNS = `WITH RECURSIVE domain(start, type, modifier) AS (
  SELECT oid, typbasetype, typtypmod FROM pg_type WHERE typtype = 'd'
  UNION ALL
  SELECT d.start, t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE d.modifier END
  FROM domain d JOIN pg_type t ON t.oid = d.type WHERE t.typtype = 'd'
), base AS (
  SELECT d.start, d.type, d.modifier FROM domain d JOIN pg_type t ON t.oid = d.type WHERE t.typtype <> 'd'
)
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  t.typname, t.typnamespace = 'pg_catalog'::regnamespace, coalesce(b.modifier, a.atttypmod), a.attgenerated, a.attidentity,
  has_column_privilege(a.attrelid, a.attnum, 'SELECT')
FROM pg_attribute a LEFT JOIN base b ON b.start = a.atttypid JOIN pg_type t ON t.oid = coalesce(b.type, a.atttypid)
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum`;

/** Valid indexes of the tables in $1 over plain columns; partial ones and ones over expressions cannot serve a load. */
export const INDEXES = `SELECT i.indrelid, i.indisprimary, i.indisunique AND i.indimmediate,
  (SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts)
FROM pg_index i
WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
ORDER BY i.indrelid, i.indisprimary DESC, i.indexrelid`;

/** Foreign keys of the tables in $1: their columns, and schema, table and columns they refer to. */
export const FOREIGN_KEYS = `SELECT k.conrelid,
  (SELECT json_agg(a.attname ORDER BY c.place) FROM unnest(k.conkey) WITH ORDINALITY c(number, place)
   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.number),
  n.nspname, r.relname,
  (SELECT json_agg(a.attname ORDER BY c.place) FROM unnest(k.confkey) WITH ORDINALITY c(number, place)
   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.number)
FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE k.contype = 'f' AND k.conrelid = ANY ($1::oid[])
ORDER BY k.conrelid, k.conname`;

/** Estimated rows and bytes of the tables in $1; those of a partitioned table are its partitions'. */
export const SIZES = `SELECT c.oid,
  CASE WHEN c.relkind = 'p' THEN (SELECT sum(CASE WHEN l.reltuples < 0 OR l.relpages = 0 THEN 0 ELSE l.reltuples END)::numeric(30,0)
      FROM pg_partition_tree(c.oid) p JOIN pg_class l ON l.oid = p.relid WHERE p.isleaf)
    WHEN c.relkind = 'v' OR c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL
    ELSE c.reltuples::numeric(30,0) END,
  CASE c.relkind WHEN 'p' THEN (SELECT sum(pg_total_relation_size(p.relid)) FROM pg_partition_tree(c.oid) p WHERE p.isleaf)
    WHEN 'v' THEN NULL WHEN 'f' THEN NULL ELSE pg_total_relation_size(c.oid) END
FROM pg_class c WHERE c.oid = ANY ($1::oid[])`;
