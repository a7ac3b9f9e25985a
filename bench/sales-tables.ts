/**
 * The eight tables of a wholesaler in the shape of TPC-H, made by DuckDB from hashes of row numbers: the same rows each
 * time. Shares and ranges are those of TPC-H where a query depends on them; texts are shorter.
 */
export function salesTables(scale: number): readonly string[] {
  const count = (rows: number) => Math.max(10, Math.round(rows * scale));
  const suppliers = count(10_000);
  const customers = count(150_000);
  const parts = count(200_000);
  const orders = count(1_500_000);
  return [
    `CREATE TABLE region AS SELECT i::INTEGER AS r_regionkey, [${texts(REGIONS)}][i + 1] AS r_name, 'comment ' || i AS r_comment FROM range(5) t(i)`,
    `CREATE TABLE nation AS SELECT i::INTEGER AS n_nationkey, [${texts(NATIONS.map(([name]) => name))}][i + 1] AS n_name, [${NATIONS.map(([, region]) => region).join(', ')}][i + 1]::INTEGER AS n_regionkey, 'comment ' || i AS n_comment FROM range(25) t(i)`,
    `CREATE TABLE supplier AS SELECT i AS s_suppkey, ${numbered('Supplier')} AS s_name, ${address} AS s_address, ${number(2, 25)}::INTEGER AS s_nationkey, ${phone(2)} AS s_phone, ${money(3, -99_999, 999_999)} AS s_acctbal, CASE WHEN i % 1000 = 7 THEN 'Customer waits, Complaints ' || i ELSE ${words(4, 4)} END AS s_comment FROM range(1, ${suppliers + 1}) t(i)`,
    `CREATE TABLE customer AS SELECT i AS c_custkey, ${numbered('Customer')} AS c_name, ${address} AS c_address, ${number(2, 25)}::INTEGER AS c_nationkey, ${phone(2)} AS c_phone, ${money(3, -99_999, 999_999)} AS c_acctbal, ${pick(5, SEGMENTS)} AS c_mktsegment, ${words(6, 6)} AS c_comment FROM range(1, ${customers + 1}) t(i)`,
    `CREATE TABLE part AS SELECT i AS p_partkey, ${pick(1, COLOURS)} || ' ' || ${pick(2, COLOURS)} || ' ' || ${pick(3, COLOURS)} AS p_name, 'Manufacturer#' || (1 + ${number(4, 5)}) AS p_mfgr, 'Brand#' || (1 + ${number(4, 5)}) || (1 + ${number(5, 5)}) AS p_brand, ${pick(6, ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'])} || ' ' || ${pick(7, ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'])} || ' ' || ${pick(8, ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'])} AS p_type, (1 + ${number(9, 50)})::INTEGER AS p_size, ${pick(10, ['SM', 'LG', 'MED', 'JUMBO', 'WRAP'])} || ' ' || ${pick(11, ['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'])} AS p_container, ${priceOf('i')} AS p_retailprice, ${words(12, 2)} AS p_comment FROM range(1, ${parts + 1}) t(i)`,
    `CREATE TABLE partsupp AS SELECT i AS ps_partkey, ${supplierOf('i', 'j', suppliers)} AS ps_suppkey, (1 + hash(i, j, 1) % 9999)::INTEGER AS ps_availqty, ((100 + hash(i, j, 2) % 99901) / 100)::DECIMAL(15, 2) AS ps_supplycost, ${words(3, 8)} AS ps_comment FROM range(1, ${parts + 1}) t(i), range(4) s(j)`,
    `CREATE TABLE orders AS SELECT i AS o_orderkey, (1 + 3 * (hash(i, 1) % ${Math.floor(customers / 3)}) + hash(i, 2) % 2)::BIGINT AS o_custkey, ${pick(3, ['F', 'O', 'P'])} AS o_orderstatus, ${money(4, 90_000, 50_000_000)} AS o_totalprice, DATE '1992-01-01' + (hash(i, 5) % 2406)::INTEGER AS o_orderdate, ${pick(6, ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'])} AS o_orderpriority, 'Clerk#' || ${number(7, 1000)} AS o_clerk, 0::INTEGER AS o_shippriority, CASE WHEN ${number(8, 100)} = 0 THEN 'special packages, requests ' || i ELSE ${words(9, 5)} END AS o_comment FROM range(1, ${orders + 1}) t(i)`,
    `CREATE TABLE lineitem AS SELECT o AS l_orderkey, (1 + hash(i, 1) % ${parts})::BIGINT AS l_partkey, ${supplierOf('l_partkey', '(hash(i, 2) % 4)::BIGINT', suppliers)} AS l_suppkey, n::INTEGER AS l_linenumber, (1 + ${number(3, 50)})::DECIMAL(15, 2) AS l_quantity, (l_quantity * ${priceOf('l_partkey')})::DECIMAL(15, 2) AS l_extendedprice, (${number(4, 11)} / 100)::DECIMAL(15, 2) AS l_discount, (${number(5, 9)} / 100)::DECIMAL(15, 2) AS l_tax, d + (1 + ${number(7, 121)})::INTEGER AS l_shipdate, d + (30 + ${number(8, 61)})::INTEGER AS l_commitdate, l_shipdate + (1 + ${number(9, 30)})::INTEGER AS l_receiptdate, CASE WHEN l_receiptdate <= DATE '1995-06-17' THEN ${pick(6, ['R', 'A'])} ELSE 'N' END AS l_returnflag, CASE WHEN l_shipdate > DATE '1995-06-17' THEN 'O' ELSE 'F' END AS l_linestatus, ${pick(10, ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])} AS l_shipinstruct, ${pick(11, ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])} AS l_shipmode, ${words(12, 3)} AS l_comment FROM (SELECT o_orderkey AS o, o_orderdate AS d, n, o_orderkey * 8 + n AS i FROM orders, range(1, 8) s(n) WHERE n <= 1 + hash(o_orderkey, 77) % 7)`,
  ];
}

/** The columns that tell the rows of a table apart; the first rises with them. */
export const SALES_KEYS: Readonly<Record<string, readonly string[]>> = {
  region: ['r_regionkey'],
  nation: ['n_nationkey'],
  supplier: ['s_suppkey'],
  customer: ['c_custkey'],
  part: ['p_partkey'],
  partsupp: ['ps_partkey', 'ps_suppkey'],
  orders: ['o_orderkey'],
  lineitem: ['l_orderkey', 'l_linenumber'],
};

const REGIONS = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'];
const NATIONS: readonly (readonly [string, number])[] = [
  ['ALGERIA', 0],
  ['ARGENTINA', 1],
  ['BRAZIL', 1],
  ['CANADA', 1],
  ['EGYPT', 4],
  ['ETHIOPIA', 0],
  ['FRANCE', 3],
  ['GERMANY', 3],
  ['INDIA', 2],
  ['INDONESIA', 2],
  ['IRAN', 4],
  ['IRAQ', 4],
  ['JAPAN', 2],
  ['JORDAN', 4],
  ['KENYA', 0],
  ['MOROCCO', 0],
  ['MOZAMBIQUE', 0],
  ['PERU', 1],
  ['CHINA', 2],
  ['ROMANIA', 3],
  ['SAUDI ARABIA', 4],
  ['VIETNAM', 2],
  ['RUSSIA', 3],
  ['UNITED KINGDOM', 3],
  ['UNITED STATES', 1],
];
const SEGMENTS = ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'];
const COLOURS = [
  'almond',
  'azure',
  'blue',
  'chiffon',
  'coral',
  'cream',
  'forest',
  'frosted',
  'green',
  'ivory',
  'khaki',
  'lace',
  'lime',
  'linen',
  'maroon',
  'navy',
  'olive',
  'peach',
  'plum',
  'rose',
];
const WORDS = [
  'quickly',
  'final',
  'deposits',
  'sleep',
  'bold',
  'accounts',
  'among',
  'ironic',
  'ideas',
  'haggle',
  'even',
  'pinto',
  'beans',
];

const address = "'street ' || (hash(i, 91) % 100000)";

/** As TPC-H has it. */
function priceOf(part: string): string {
  return `((90000 + (${part} // 10) % 20001 + 100 * (${part} % 1000)) / 100)::DECIMAL(15, 2)`;
}

function texts(list: readonly string[]): string {
  return list.map((text) => `'${text}'`).join(', ');
}

function number(salt: number, below: number): string {
  return `(hash(i, ${salt}) % ${below})::BIGINT`;
}

function pick(salt: number, list: readonly string[]): string {
  return `[${texts(list)}][1 + ${number(salt, list.length)}]`;
}

function words(salt: number, many: number): string {
  return Array.from({ length: many }, (_, index) => pick(salt * 10 + index, WORDS)).join(" || ' ' || ");
}

function money(salt: number, low: number, high: number): string {
  return `((${low} + ${number(salt, high - low)}) / 100)::DECIMAL(15, 2)`;
}

function phone(salt: number): string {
  return `(10 + ${number(salt, 25)}) || '-' || (100 + ${number(92, 900)}) || '-' || (1000 + ${number(93, 9000)})`;
}

function numbered(kind: string): string {
  return `'${kind}#' || lpad(i::VARCHAR, 9, '0')`;
}

/** One of the four suppliers of a part. */
function supplierOf(part: string, which: string, suppliers: number): string {
  const step = Math.max(1, Math.floor(suppliers / 4));
  return `((${part} + ${which} * (${step} + (${part} - 1) // ${suppliers})) % ${suppliers} + 1)::BIGINT`;
}
