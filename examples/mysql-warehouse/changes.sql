-- A customer moved, another one was only touched, a price rose, an order was cancelled, a line was taken back, one order is new.
UPDATE customers SET city = 'Hamburg', updated_at = '2026-02-10 08:00:00' WHERE id = 1;
UPDATE customers SET updated_at = '2026-02-10 08:00:00' WHERE id = 2;
UPDATE products SET price = 12.00 WHERE id = 10;
UPDATE orders SET status = 'cancelled', updated_at = '2026-02-10 09:00:00' WHERE id = 101;
DELETE FROM order_lines WHERE order_id = 100 AND line_no = 2;
INSERT INTO orders VALUES (104, 2, 'paid', '2026-02-11 07:00:00', '2026-02-11 07:00:00');
INSERT INTO order_lines VALUES
  (104, 1, 10, 5, 12.00, '2026-02-11 07:00:00'), (104, 2, 11, 1, 45.00, '2026-02-11 07:00:00');
