/** The last of the questions as steps. */
export const MORE_SALES_STEPS: Readonly<Record<string, object>> = {
  q17_parts: { filter: { from: 'part', where: "p_brand = 'Brand#23' AND p_container = 'MED BOX'" } },
  q17_items: { join: { left: 'lineitem', right: 'q17_parts', on: { l_partkey: 'p_partkey' } } },
  q17_compared: {
    window: { from: 'q17_items', partition: ['l_partkey'], columns: { average: 'avg(l_quantity)' } },
  },
  q17_small: { filter: { from: 'q17_compared', where: 'l_quantity < 0.2 * average' } },
  q17: { aggregate: { from: 'q17_small', measures: { avg_yearly: 'sum(l_extendedprice) / 7.0' } } },

  q18_large: {
    aggregate: {
      from: 'lineitem',
      by: ['l_orderkey'],
      measures: { quantity: 'sum(l_quantity)' },
      having: 'quantity > 300',
    },
  },
  q18_orders: {
    join: {
      left: 'orders',
      right: 'q18_large',
      on: { o_orderkey: 'l_orderkey' },
      and: [{ right: 'customer', on: { o_custkey: 'c_custkey' } }],
    },
  },
  q18_first: {
    limit: { from: 'q18_orders', rows: 100, by: ['o_totalprice DESC', 'o_orderdate', 'o_orderkey'] },
  },
  q18: {
    select: {
      from: 'q18_first',
      keep: ['c_name', 'o_custkey', 'o_orderkey', 'o_orderdate', 'o_totalprice', 'quantity'],
      rename: { o_custkey: 'c_custkey' },
    },
  },

  q19_items: {
    filter: {
      from: 'lineitem',
      where: "l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON'",
    },
  },
  q19_sold: {
    join: {
      left: 'q19_items',
      right: 'part',
      on: { l_partkey: 'p_partkey' },
      where:
        "(p_brand = 'Brand#12' AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG') AND l_quantity BETWEEN 1 AND 11 AND p_size BETWEEN 1 AND 5) OR (p_brand = 'Brand#23' AND p_container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK') AND l_quantity BETWEEN 10 AND 20 AND p_size BETWEEN 1 AND 10) OR (p_brand = 'Brand#34' AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG') AND l_quantity BETWEEN 20 AND 30 AND p_size BETWEEN 1 AND 15)",
    },
  },
  q19: {
    aggregate: { from: 'q19_sold', measures: { revenue: 'sum(l_extendedprice * (1 - l_discount))' } },
  },

  q20_parts: { filter: { from: 'part', where: "p_name LIKE 'forest%'" } },
  q20_offers: {
    join: { left: 'partsupp', right: 'q20_parts', type: 'semi', on: { ps_partkey: 'p_partkey' } },
  },
  q20_items: {
    filter: {
      from: 'lineitem',
      where: "l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01'",
    },
  },
  q20_sold: {
    join: {
      left: 'q20_items',
      right: 'q20_parts',
      type: 'semi',
      on: { l_partkey: 'p_partkey' },
    },
  },
  q20_shipped: {
    aggregate: {
      from: 'q20_sold',
      by: ['l_partkey', 'l_suppkey'],
      measures: { shipped: 'sum(l_quantity)' },
    },
  },
  q20_plenty: {
    join: {
      left: 'q20_offers',
      right: 'q20_shipped',
      on: { ps_partkey: 'l_partkey', ps_suppkey: 'l_suppkey' },
      where: 'ps_availqty > 0.5 * shipped',
    },
  },
  q20_nation: { filter: { from: 'nation', where: "n_name = 'CANADA'" } },
  q20_suppliers: {
    join: {
      left: 'supplier',
      right: 'q20_nation',
      type: 'semi',
      on: { s_nationkey: 'n_nationkey' },
      and: [{ right: 'q20_plenty', type: 'semi', on: { s_suppkey: 'ps_suppkey' } }],
    },
  },
  q20: { select: { from: 'q20_suppliers', keep: ['s_name', 's_address'] } },

  q21_late: { filter: { from: 'lineitem', where: 'l_receiptdate > l_commitdate' } },
  q21_nation: { filter: { from: 'nation', where: "n_name = 'SAUDI ARABIA'" } },
  q21_suppliers: {
    join: { left: 'supplier', right: 'q21_nation', type: 'semi', on: { s_nationkey: 'n_nationkey' } },
  },
  q21_orders: { filter: { from: 'orders', where: "o_orderstatus = 'F'" } },
  q21_theirs: {
    join: {
      left: 'q21_late',
      right: 'q21_suppliers',
      on: { l_suppkey: 's_suppkey' },
      and: [{ right: 'q21_orders', type: 'semi', on: { l_orderkey: 'o_orderkey' } }],
    },
  },
  q21_shared: {
    join: {
      left: 'q21_theirs',
      right: 'lineitem',
      type: 'semi',
      on: ['l_orderkey'],
      where: 'q21_theirs.l_suppkey <> lineitem.l_suppkey',
    },
  },
  q21_blamed: {
    join: {
      left: 'q21_shared',
      right: 'q21_late',
      type: 'anti',
      on: ['l_orderkey'],
      where: 'q21_shared.l_suppkey <> q21_late.l_suppkey',
    },
  },
  q21_counts: { aggregate: { from: 'q21_blamed', by: ['s_name'], measures: { numwait: 'count(*)' } } },
  q21: { limit: { from: 'q21_counts', rows: 100, by: ['numwait DESC', 's_name'] } },

  q22_coded: { derive: { from: 'customer', columns: { cntrycode: 'substring(c_phone, 1, 2)' } } },
  q22_abroad: {
    filter: { from: 'q22_coded', where: "cntrycode IN ('13', '31', '23', '29', '30', '18', '17')" },
  },
  q22_compared: {
    window: {
      from: 'q22_abroad',
      columns: { average: 'avg(CASE WHEN c_acctbal > 0 THEN c_acctbal END)' },
    },
  },
  q22_rich: { filter: { from: 'q22_compared', where: 'c_acctbal > average' } },
  q22_idle: { join: { left: 'q22_rich', right: 'orders', type: 'anti', on: { c_custkey: 'o_custkey' } } },
  q22: {
    aggregate: {
      from: 'q22_idle',
      by: ['cntrycode'],
      measures: { numcust: 'count(*)', totacctbal: 'sum(c_acctbal)' },
    },
  },
};
