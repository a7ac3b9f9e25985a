/** The same questions as steps of a pipeline, with a verb wherever there is one; the last step of each has its name. */
export const SALES_STEPS: Readonly<Record<string, object>> = {
  q1_shipped: { filter: { from: 'lineitem', where: "l_shipdate <= DATE '1998-09-02'" } },
  q1: {
    aggregate: {
      from: 'q1_shipped',
      by: ['l_returnflag', 'l_linestatus'],
      measures: {
        sum_qty: 'sum(l_quantity)',
        sum_base_price: 'sum(l_extendedprice)',
        sum_disc_price: 'sum(l_extendedprice * (1 - l_discount))',
        sum_charge: 'sum(l_extendedprice * (1 - l_discount) * (1 + l_tax))',
        avg_qty: 'avg(l_quantity)',
        avg_price: 'avg(l_extendedprice)',
        avg_disc: 'avg(l_discount)',
        count_order: 'count(*)',
      },
    },
  },

  q2_parts: { filter: { from: 'part', where: "p_size = 15 AND p_type LIKE '%BRASS'" } },
  q2_region: { filter: { from: 'region', where: "r_name = 'EUROPE'" } },
  q2_nations: { join: { left: 'nation', right: 'q2_region', on: { n_regionkey: 'r_regionkey' } } },
  q2_suppliers: { join: { left: 'supplier', right: 'q2_nations', on: { s_nationkey: 'n_nationkey' } } },
  q2_offers: {
    join: {
      left: 'partsupp',
      right: 'q2_parts',
      on: { ps_partkey: 'p_partkey' },
      and: [{ right: 'q2_suppliers', on: { ps_suppkey: 's_suppkey' } }],
    },
  },
  q2_compared: {
    window: { from: 'q2_offers', partition: ['ps_partkey'], columns: { lowest: 'min(ps_supplycost)' } },
  },
  q2_cheapest: { filter: { from: 'q2_compared', where: 'ps_supplycost = lowest' } },
  q2_first: {
    limit: { from: 'q2_cheapest', rows: 100, by: ['s_acctbal DESC', 'n_name', 's_name', 'ps_partkey'] },
  },
  q2: {
    select: {
      from: 'q2_first',
      keep: ['s_acctbal', 's_name', 'n_name', 'ps_partkey', 'p_mfgr', 's_address', 's_phone', 's_comment'],
      rename: { ps_partkey: 'p_partkey' },
    },
  },

  q3_customers: { filter: { from: 'customer', where: "c_mktsegment = 'BUILDING'" } },
  q3_orders: { filter: { from: 'orders', where: "o_orderdate < DATE '1995-03-15'" } },
  q3_items: { filter: { from: 'lineitem', where: "l_shipdate > DATE '1995-03-15'" } },
  q3_sold: {
    join: {
      left: 'q3_items',
      right: 'q3_orders',
      on: { l_orderkey: 'o_orderkey' },
      and: [{ right: 'q3_customers', on: { o_custkey: 'c_custkey' } }],
    },
  },
  q3_revenue: {
    aggregate: {
      from: 'q3_sold',
      by: ['l_orderkey', 'o_orderdate', 'o_shippriority'],
      measures: { revenue: 'sum(l_extendedprice * (1 - l_discount))' },
    },
  },
  q3: { limit: { from: 'q3_revenue', rows: 10, by: ['revenue DESC', 'o_orderdate', 'l_orderkey'] } },

  q4_orders: {
    filter: {
      from: 'orders',
      where: "o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-10-01'",
    },
  },
  q4_late: { filter: { from: 'lineitem', where: 'l_commitdate < l_receiptdate' } },
  q4_waited: {
    join: { left: 'q4_orders', right: 'q4_late', type: 'semi', on: { o_orderkey: 'l_orderkey' } },
  },
  q4: {
    aggregate: { from: 'q4_waited', by: ['o_orderpriority'], measures: { order_count: 'count(*)' } },
  },

  q5_region: { filter: { from: 'region', where: "r_name = 'ASIA'" } },
  q5_orders: {
    filter: {
      from: 'orders',
      where: "o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1995-01-01'",
    },
  },
  q5_suppliers: {
    join: {
      left: 'supplier',
      right: 'nation',
      on: { s_nationkey: 'n_nationkey' },
      and: [{ right: 'q5_region', on: { n_regionkey: 'r_regionkey' } }],
    },
  },
  q5_sold: {
    join: {
      left: 'lineitem',
      right: 'q5_orders',
      on: { l_orderkey: 'o_orderkey' },
      and: [
        { right: 'customer', on: { o_custkey: 'c_custkey' } },
        { right: 'q5_suppliers', on: { l_suppkey: 's_suppkey', c_nationkey: 's_nationkey' } },
      ],
    },
  },
  q5: {
    aggregate: {
      from: 'q5_sold',
      by: ['n_name'],
      measures: { revenue: 'sum(l_extendedprice * (1 - l_discount))' },
    },
  },

  q6_items: {
    filter: {
      from: 'lineitem',
      where:
        "l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24",
    },
  },
  q6: { aggregate: { from: 'q6_items', measures: { revenue: 'sum(l_extendedprice * l_discount)' } } },

  q7_nations: { filter: { from: 'nation', where: "n_name IN ('FRANCE', 'GERMANY')" } },
  q7_suppliers: {
    join: { left: 'supplier', right: 'q7_nations', on: { s_nationkey: 'n_nationkey' }, prefixRight: 'supp_' },
  },
  q7_customers: {
    join: { left: 'customer', right: 'q7_nations', on: { c_nationkey: 'n_nationkey' }, prefixRight: 'cust_' },
  },
  q7_items: {
    filter: { from: 'lineitem', where: "l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'" },
  },
  q7_sold: {
    join: {
      left: 'q7_items',
      right: 'q7_suppliers',
      on: { l_suppkey: 's_suppkey' },
      and: [
        { right: 'orders', on: { l_orderkey: 'o_orderkey' } },
        { right: 'q7_customers', on: { o_custkey: 'c_custkey' } },
      ],
    },
  },
  q7_abroad: { filter: { from: 'q7_sold', where: 'supp_n_name <> cust_n_name' } },
  q7: {
    aggregate: {
      from: 'q7_abroad',
      by: { supp_nation: 'supp_n_name', cust_nation: 'cust_n_name', l_year: 'year(l_shipdate)' },
      measures: { revenue: 'sum(l_extendedprice * (1 - l_discount))' },
    },
  },

  q8_parts: { filter: { from: 'part', where: "p_type = 'ECONOMY ANODIZED STEEL'" } },
  q8_region: { filter: { from: 'region', where: "r_name = 'AMERICA'" } },
  q8_customers: {
    join: {
      left: 'customer',
      right: 'nation',
      on: { c_nationkey: 'n_nationkey' },
      prefixRight: 'cust_',
      and: [{ right: 'q8_region', on: { cust_n_regionkey: 'r_regionkey' } }],
    },
  },
  q8_suppliers: { join: { left: 'supplier', right: 'nation', on: { s_nationkey: 'n_nationkey' } } },
  q8_orders: {
    filter: { from: 'orders', where: "o_orderdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31'" },
  },
  q8_sold: {
    join: {
      left: 'lineitem',
      right: 'q8_parts',
      on: { l_partkey: 'p_partkey' },
      and: [
        { right: 'q8_orders', on: { l_orderkey: 'o_orderkey' } },
        { right: 'q8_customers', on: { o_custkey: 'c_custkey' } },
        { right: 'q8_suppliers', on: { l_suppkey: 's_suppkey' } },
      ],
    },
  },
  q8_volumes: {
    derive: {
      from: 'q8_sold',
      columns: { o_year: 'year(o_orderdate)', volume: 'l_extendedprice * (1 - l_discount)' },
    },
  },
  q8: {
    aggregate: {
      from: 'q8_volumes',
      by: ['o_year'],
      measures: { mkt_share: "sum(CASE WHEN n_name = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume)" },
    },
  },

  q9_parts: { filter: { from: 'part', where: "p_name LIKE '%green%'" } },
  q9_suppliers: { join: { left: 'supplier', right: 'nation', on: { s_nationkey: 'n_nationkey' } } },
  q9_sold: {
    join: {
      left: 'lineitem',
      right: 'q9_parts',
      on: { l_partkey: 'p_partkey' },
      and: [
        { right: 'partsupp', on: { l_partkey: 'ps_partkey', l_suppkey: 'ps_suppkey' } },
        { right: 'orders', on: { l_orderkey: 'o_orderkey' } },
        { right: 'q9_suppliers', on: { l_suppkey: 's_suppkey' } },
      ],
    },
  },
  q9: {
    aggregate: {
      from: 'q9_sold',
      by: { nation: 'n_name', o_year: 'year(o_orderdate)' },
      measures: { sum_profit: 'sum(l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity)' },
    },
  },

  q10_orders: {
    filter: {
      from: 'orders',
      where: "o_orderdate >= DATE '1993-10-01' AND o_orderdate < DATE '1994-01-01'",
    },
  },
  q10_returned: { filter: { from: 'lineitem', where: "l_returnflag = 'R'" } },
  q10_sold: {
    join: {
      left: 'q10_returned',
      right: 'q10_orders',
      on: { l_orderkey: 'o_orderkey' },
      and: [
        { right: 'customer', on: { o_custkey: 'c_custkey' } },
        { right: 'nation', on: { c_nationkey: 'n_nationkey' } },
      ],
    },
  },
  q10_revenue: {
    aggregate: {
      from: 'q10_sold',
      by: {
        c_custkey: 'o_custkey',
        c_name: 'c_name',
        c_acctbal: 'c_acctbal',
        n_name: 'n_name',
        c_address: 'c_address',
        c_phone: 'c_phone',
        c_comment: 'c_comment',
      },
      measures: { revenue: 'sum(l_extendedprice * (1 - l_discount))' },
    },
  },
  q10: { limit: { from: 'q10_revenue', rows: 20, by: ['revenue DESC', 'c_custkey'] } },

  q11_nation: { filter: { from: 'nation', where: "n_name = 'GERMANY'" } },
  q11_stock: {
    join: {
      left: 'partsupp',
      right: 'supplier',
      on: { ps_suppkey: 's_suppkey' },
      and: [{ right: 'q11_nation', type: 'semi', on: { s_nationkey: 'n_nationkey' } }],
    },
  },
  q11_values: {
    aggregate: {
      from: 'q11_stock',
      by: ['ps_partkey'],
      measures: { value: 'sum(ps_supplycost * ps_availqty)' },
    },
  },
  q11: {
    sql: {
      from: ['q11_values'],
      query: 'SELECT * FROM q11_values WHERE value > (SELECT sum(value) * 0.0001 FROM q11_values)',
      key: ['ps_partkey'],
    },
  },

  q12_items: {
    filter: {
      from: 'lineitem',
      where:
        "l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate AND l_receiptdate >= DATE '1994-01-01' AND l_receiptdate < DATE '1995-01-01'",
    },
  },
  q12_ordered: { join: { left: 'q12_items', right: 'orders', on: { l_orderkey: 'o_orderkey' } } },
  q12: {
    aggregate: {
      from: 'q12_ordered',
      by: ['l_shipmode'],
      measures: {
        high_line_count: "sum(CASE WHEN o_orderpriority IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END)",
        low_line_count: "sum(CASE WHEN o_orderpriority NOT IN ('1-URGENT', '2-HIGH') THEN 1 ELSE 0 END)",
      },
    },
  },

  q13_orders: { filter: { from: 'orders', where: "o_comment NOT LIKE '%special%requests%'" } },
  q13_counts: {
    aggregate: { from: 'q13_orders', by: ['o_custkey'], measures: { orders: 'count(*)' } },
  },
  q13_customers: {
    join: { left: 'customer', right: 'q13_counts', type: 'left', on: { c_custkey: 'o_custkey' } },
  },
  q13: {
    aggregate: {
      from: 'q13_customers',
      by: { c_count: 'coalesce(orders, 0)' },
      measures: { custdist: 'count(*)' },
    },
  },

  q14_items: {
    filter: {
      from: 'lineitem',
      where: "l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-10-01'",
    },
  },
  q14_sold: { join: { left: 'q14_items', right: 'part', on: { l_partkey: 'p_partkey' } } },
  q14: {
    aggregate: {
      from: 'q14_sold',
      measures: {
        promo_revenue:
          "100.00 * sum(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END) / sum(l_extendedprice * (1 - l_discount))",
      },
    },
  },

  q15_items: {
    filter: {
      from: 'lineitem',
      where: "l_shipdate >= DATE '1996-01-01' AND l_shipdate < DATE '1996-04-01'",
    },
  },
  q15_revenue: {
    aggregate: {
      from: 'q15_items',
      by: ['l_suppkey'],
      measures: { total_revenue: 'sum(l_extendedprice * (1 - l_discount))' },
    },
  },
  q15_compared: { window: { from: 'q15_revenue', columns: { highest: 'max(total_revenue)' } } },
  q15_best: { filter: { from: 'q15_compared', where: 'total_revenue = highest' } },
  q15_suppliers: {
    join: {
      left: 'supplier',
      right: 'q15_best',
      on: { s_suppkey: 'l_suppkey' },
      columnsRight: ['total_revenue'],
    },
  },
  q15: {
    select: {
      from: 'q15_suppliers',
      keep: ['s_suppkey', 's_name', 's_address', 's_phone', 'total_revenue'],
    },
  },

  q16_parts: {
    filter: {
      from: 'part',
      where:
        "p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9)",
    },
  },
  q16_complained: { filter: { from: 'supplier', where: "s_comment LIKE '%Customer%Complaints%'" } },
  q16_offers: {
    join: {
      left: 'partsupp',
      right: 'q16_parts',
      on: { ps_partkey: 'p_partkey' },
      and: [{ right: 'q16_complained', type: 'anti', on: { ps_suppkey: 's_suppkey' } }],
    },
  },
  q16: {
    aggregate: {
      from: 'q16_offers',
      by: ['p_brand', 'p_type', 'p_size'],
      measures: { supplier_cnt: 'count(DISTINCT ps_suppkey)' },
    },
  },
};
