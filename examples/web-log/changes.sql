-- A line was written again, another one is gone, and a new one came.
UPDATE requests SET line = '192.0.2.80 - - [06/Jan/2026:09:00:00 +0000] "GET /desks?utm_campaign=spring HTTP/1.1" 200 700 "-" "Mozilla/5.0 (Linux; Android 16)"' WHERE id = 6;
DELETE FROM requests WHERE id = 3;
INSERT INTO requests VALUES
  (7, '192.0.2.80 - - [06/Jan/2026:09:01:00 +0000] "GET /search?q=oak%20desk HTTP/1.1" 200 900 "-" "Mozilla/5.0 (Linux; Android 16)"');
