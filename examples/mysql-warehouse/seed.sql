CREATE TABLE customers (
  id INT PRIMARY KEY, name VARCHAR(80) NOT NULL, city VARCHAR(80), segment VARCHAR(20) NOT NULL,
  updated_at DATETIME(6) NOT NULL, KEY by_change (updated_at));
CREATE TABLE products (
  id INT PRIMARY KEY, name VARCHAR(80) NOT NULL, category VARCHAR(40) NOT NULL, price DECIMAL(10,2) NOT NULL);
CREATE TABLE orders (
  id BIGINT PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(20) NOT NULL, ordered_at DATETIME(6) NOT NULL,
  updated_at DATETIME(6) NOT NULL, KEY by_change (updated_at));
CREATE TABLE order_lines (
  order_id BIGINT NOT NULL, line_no INT NOT NULL, product_id INT NOT NULL, quantity INT NOT NULL,
  unit_price DECIMAL(10,2) NOT NULL, updated_at DATETIME(6) NOT NULL,
  PRIMARY KEY (order_id, line_no), KEY by_change (updated_at));

INSERT INTO customers VALUES
  (1, 'Ada Berger', 'Berlin', 'private', '2026-01-01 08:00:00'),
  (2, 'Conti S.r.l.', 'Milano', 'business', '2026-01-02 08:00:00'),
  (3, 'Chloé Dubois', NULL, 'private', '2026-01-03 08:00:00');
INSERT INTO products VALUES
  (10, 'Lamp', 'light', 10.50), (11, 'Chair', 'seats', 49.00), (12, 'Desk', 'tables', 120.00);
INSERT INTO orders VALUES
  (100, 1, 'paid', '2026-01-05 10:00:00', '2026-01-05 10:00:00'),
  (101, 2, 'shipped', '2026-01-20 09:30:00', '2026-01-22 08:00:00'),
  (102, 3, 'new', '2026-02-01 18:45:00', '2026-02-01 18:45:00'),
  (103, 1, 'cancelled', '2026-02-02 12:00:00', '2026-02-02 12:30:00');
INSERT INTO order_lines VALUES
  (100, 1, 10, 2, 10.50, '2026-01-05 10:00:00'), (100, 2, 11, 1, 49.00, '2026-01-05 10:00:00'),
  (101, 1, 12, 4, 110.00, '2026-01-20 09:30:00'), (102, 1, 10, 1, 10.50, '2026-02-01 18:45:00'),
  (102, 2, 12, 1, 120.00, '2026-02-01 18:45:00'), (103, 1, 11, 6, 49.00, '2026-02-02 12:00:00');
