-- The state was mended, an order was cancelled, another one is gone with its line, and a new one came.
UPDATE orders SET status = 'paid', updated_at = '2026-02-06 08:00:00' WHERE id = 6;
UPDATE orders SET status = 'cancelled', updated_at = '2026-02-06 09:00:00' WHERE id = 2;
DELETE FROM order_lines WHERE order_id = 3;
DELETE FROM orders WHERE id = 3;
INSERT INTO orders VALUES (8, 2, 'new', '2026-02-10 16:20:00', '2026-02-10 16:20:00');
INSERT INTO order_lines VALUES (10, 8, 'DESK', 1, 120.00);
