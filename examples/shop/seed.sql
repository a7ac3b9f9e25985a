CREATE TABLE customers (
  id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT, country TEXT NOT NULL, born DATE);
CREATE TABLE orders (
  id INTEGER NOT NULL PRIMARY KEY, customer_id INTEGER NOT NULL, status TEXT NOT NULL,
  ordered_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL);
CREATE INDEX orders_by_change ON orders (updated_at);
CREATE TABLE order_lines (
  id INTEGER NOT NULL PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders, sku TEXT NOT NULL,
  quantity INTEGER NOT NULL, price DECIMAL(10,2) NOT NULL);

INSERT INTO customers VALUES
  (1, 'Ada Berger', 'ada@example.org', 'DE', '1984-05-02'),
  (2, 'Bruno Conti', 'bruno@example.org', 'IT', '1990-11-30'),
  (3, 'Chloé Dubois', 'chloe@example.org', 'FR', NULL),
  (4, 'Dmitri Öz', NULL, 'DE', '1971-01-01');
INSERT INTO orders VALUES
  (1, 1, 'paid', '2026-01-05 10:00:00', '2026-01-05 10:00:00'),
  (2, 1, 'shipped', '2026-01-20 09:30:00', '2026-01-22 08:00:00'),
  (3, 2, 'paid', '2026-01-21 18:45:00', '2026-01-21 18:45:00'),
  (4, 3, 'cancelled', '2026-02-02 12:00:00', '2026-02-02 12:30:00'),
  (5, 3, 'paid', '2026-02-03 07:15:00', '2026-02-03 07:15:00'),
  -- Nobody knows this state, and nobody knows this customer.
  (6, 4, 'piad', '2026-02-04 20:00:00', '2026-02-04 20:00:00'),
  (7, 99, 'paid', '2026-02-05 11:00:00', '2026-02-05 11:00:00');
INSERT INTO order_lines VALUES
  (1, 1, 'LAMP', 2, 10.50), (2, 1, 'CHAIR', 1, 49.00), (3, 2, 'LAMP', 1, 10.50), (4, 3, 'DESK', 1, 120.00),
  (5, 4, 'DESK', 1, 120.00), (6, 5, 'CHAIR', 2, 49.00), (7, 6, 'LAMP', 1, 10.50), (8, 7, 'LAMP', 1, 10.50),
  (9, 5, 'LAMP', 0, 10.50);
