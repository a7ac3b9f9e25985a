CREATE TABLE requests (id INTEGER NOT NULL PRIMARY KEY, line TEXT NOT NULL);

INSERT INTO requests VALUES
  (1, '203.0.113.7 - - [05/Jan/2026:10:00:00 +0100] "GET /lamps?utm_source=news&utm_campaign=spring HTTP/1.1" 200 5120 "-" "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"'),
  (2, '203.0.113.7 - - [05/Jan/2026:10:00:04 +0100] "GET /search?q=desk+lamp HTTP/1.1" 200 2048 "-" "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"'),
  (3, '198.51.100.2 - - [05/Jan/2026:23:30:00 -0200] "GET /search?q=Lamp%2C%20brass HTTP/1.1" 200 1900 "-" "Mozilla/5.0 (X11; Linux x86_64)"'),
  (4, '192.0.2.66 - - [06/Jan/2026:03:00:00 +0000] "GET /lamps HTTP/1.1" 200 5120 "-" "examplebot/2.1 (+http://example.org/bot)"'),
  (5, '198.51.100.9 - - [06/Jan/2026:08:15:00 +0000] "POST /orders?utm_campaign=spring HTTP/1.1" 201 64 "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"'),
  (6, 'this line was cut off by a full dis');
