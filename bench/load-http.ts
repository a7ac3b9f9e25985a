import { Agent, request } from 'node:http';

// node bench/load-http.ts URL REQUESTS TOKEN BODY…: posts the bodies in turn over 50 connections; prints seconds and the 99th percentile.
const CONNECTIONS = 50;
const [url = '', count = '0', token = '', ...bodies] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const target = new URL(url);
const latencies: number[] = [];
let sent = 0;

async function post(body: string): Promise<number> {
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    const asked = request(
      target,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}.`));
        response.on('data', () => undefined);
        response.once('end', resolve);
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
  return performance.now() - startedAt;
}

async function connection(): Promise<void> {
  while (sent < Number(count)) {
    const body = bodies[sent++ % bodies.length] ?? '{}';
    latencies.push(await post(body));
  }
}

// Connections, caches and compiled code first: a server that runs has them.
await Promise.all(Array.from({ length: CONNECTIONS }, () => post(bodies[0] ?? '{}')));
const startedAt = performance.now();
await Promise.all(Array.from({ length: CONNECTIONS }, connection));
const seconds = (performance.now() - startedAt) / 1000;
latencies.sort((left, right) => left - right);
console.log(JSON.stringify({ seconds, p99: (latencies[Math.floor(latencies.length * 0.99)] ?? 0) / 1000 }));
agent.destroy();
