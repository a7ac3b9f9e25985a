import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { canonicalRows, PipelineError } from '@millrace/connector-sdk';
import type { Field } from '@millrace/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openCodeRunner } from './code-runner.ts';
import { networkNamespacePrefix } from './network-namespace.ts';
import { SANDBOX_ENVIRONMENT, sandboxCommand } from './sandbox-process.ts';

const CANARY = `canary-${crypto.randomUUID()}`;
const ID: Field = { name: 'id', type: { kind: 'integer', bits: 32, signed: true }, nullable: false };
const OUT: Field = { name: 'out', type: { kind: 'string' }, nullable: true };

let folder: string;
let canaryFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-escape-'));
  canaryFile = join(folder, 'canary.txt');
  await writeFile(canaryFile, CANARY);
  process.env['MILLRACE_CANARY'] = CANARY;
});

afterAll(async () => {
  delete process.env['MILLRACE_CANARY'];
  await rm(folder, { recursive: true });
});

/** Runs a file over two rows: its texts, or its error, and everything it logged. */
async function attempt(source: string, limits = { memoryBytes: 2 ** 26, timeoutMs: 3000 }) {
  const signal = new AbortController().signal;
  const logs: string[] = [];
  const texts: (string | null)[] = [];
  let code = 'none';
  let message = '';
  try {
    const runner = await openCodeRunner(
      {
        step: 'escape',
        fileName: 'escape.ts',
        mode: 'rows',
        source,
        inputFields: [ID],
        outputFields: [OUT],
        limits,
        onLog: ({ text }) => logs.push(text),
      },
      signal,
    );
    try {
      const values = new Int32Array([1, 2]).buffer;
      for (const firstRow of [1, 3]) {
        const batch = { rows: 2, columns: [{ values: values.slice(0), valid: null, heap: null }] };
        for await (const output of runner.run(batch, firstRow)) {
          texts.push(...canonicalRows(output.batch, [OUT.type]).map(([text]) => text ?? null));
        }
      }
    } finally {
      await runner.close();
    }
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    ({ code, message } = error);
  }
  const all = JSON.stringify([texts, logs, message]);
  expect(all).not.toContain(CANARY);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  return { texts, code, message, all };
}

/** Expressions that say REACHED when they get at anything of the host, and throw or answer something else when they do not. */
const REACHES: Readonly<Record<string, string>> = {
  process: 'typeof process !== "undefined" && "REACHED"',
  require: 'typeof require !== "undefined" && "REACHED"',
  'global names of Node':
    '["Buffer", "global", "fetch", "setTimeout", "queueMicrotask", "URL", "XMLHttpRequest", "WebSocket", "module", "structuredClone"].filter((name) => name in globalThis).map(() => "REACHED").join()',
  'process through a constructor of this':
    'globalThis.constructor.constructor("return process")().env && "REACHED"',
  'process through a constructor of a row':
    'row.constructor.constructor("return process.env")() && "REACHED"',
  'process through a constructor of the context':
    'context.parseJson.constructor("return process.env")() && "REACHED"',
  'process through a generator function':
    '(function* () {}).constructor("return process")().next().value && "REACHED"',
  'process through an async generator': '(async function* () {}).constructor("yield process")() && "started"',
  'process through the console':
    'console.log.constructor("return process.mainModule.require")() && "REACHED"',
  'process through eval': '(0, eval)("process") && "REACHED"',
  'process through an error of the host':
    '(() => { try { context.parseJson("{") } catch (error) { return error.constructor.constructor("return process")() && "REACHED" } })()',
  'process through a deep recursion':
    '(() => { const dive = () => dive() + 1; try { dive() } catch (error) { return error.constructor.constructor("return process")() && "REACHED" } })()',
  'frames through prepareStackTrace':
    '(() => { Error.prepareStackTrace = (_, frames) => frames; const frames = new Error().stack; Error.prepareStackTrace = undefined; return frames.some((frame) => { const f = frame.getFunction?.() ?? frame.getThis?.(); return f !== undefined && f !== globalThis }) ? "REACHED" : "no" })()',
  'callers through arguments': '(function () { return arguments.callee.caller })() && "REACHED"',
  'process.binding': 'process.binding("fs")',
  'fs through require': 'require("fs").readFileSync(CANARY_FILE, "utf8")',
  'fs through a dynamic import of a constructor':
    'Function("return import(\'fs\')")().catch(() => {}) && "started"',
  'the environment': 'JSON.stringify(globalThis.process?.env ?? "none")',
  'shared memory': '"SharedArrayBuffer" in globalThis && "REACHED"',
  'shared memory through a view':
    'Object.getOwnPropertyNames(Object.getPrototypeOf(Int8Array)).includes("shared") && "REACHED"',
  'Atomics.wait': '"Atomics" in globalThis && "REACHED"',
  WebAssembly: '"WebAssembly" in globalThis && "REACHED"',
  'weak references': '("WeakRef" in globalThis || "FinalizationRegistry" in globalThis) && "REACHED"',
  'another realm': 'typeof ShadowRealm !== "undefined" && "REACHED"',
  'the clock through Intl': 'new Intl.DateTimeFormat().format() && "REACHED"',
  'the clock through the real Date': 'new (Object.getPrototypeOf(new Date(0)).constructor)() && "REACHED"',
  'the clock through a subclass': 'new (class extends Date {})() && "REACHED"',
  'a proxy as receiver':
    'new Proxy(context, { get: (target, name) => Reflect.get(target, name).constructor("return process")() }).parseJson && "REACHED"',
  'symbols of the context': 'Reflect.ownKeys(context).join() === "parseJson,stringifyJson" || "REACHED"',
};

const COLLECT = `const attempts = ATTEMPTS;
const settled = [];
for (const name of ['fs', 'node:fs', 'file:///etc/passwd', 'data:text/javascript,export default 1', './runtime.ts']) {
  import(name).then(() => settled.push('REACHED ' + name), (error) => settled.push('refused ' + name));
}
export default function (row, context) {
  if (row.id === 2) return { out: settled.join() };
  return Object.entries(attempts).map(([name, reach]) => {
    try { return { out: name + ': ' + String(reach(row, context)).slice(0, 200) }; }
    catch (error) { return { out: name + ': threw ' + String(error).slice(0, 200) }; }
  });
}`;

describe('user code', () => {
  it('reaches nothing of the process it runs in', async () => {
    const attempts = Object.entries(REACHES).map(
      ([name, expression]) =>
        `${JSON.stringify(name)}: (row, context) => ${expression.replaceAll('CANARY_FILE', JSON.stringify(canaryFile))}`,
    );
    const { texts, code, message } = await attempt(
      COLLECT.replace('ATTEMPTS', `{ ${attempts.join(',\n')} }`),
    );
    expect([code, message]).toEqual(['none', '']);
    expect(texts.slice(0, Object.keys(REACHES).length).filter((text) => text === null)).toEqual([]);
    expect(texts.filter((text) => text?.includes('REACHED'))).toEqual([]);
    expect(
      texts
        .at(-1)
        ?.split(',')
        .filter((text) => text.startsWith('refused')),
    ).toHaveLength(5);
  });

  const spoiling: readonly [name: string, source: string][] = [
    [
      'pollutes prototypes',
      'Object.prototype.polluted = 1; Array.prototype.polluted = 1; ({}).__proto__.then = 5; export default (row) => ({ __proto__: { polluted: 1 }, out: "x" })',
    ],
    [
      'replaces built-in methods',
      'Array.prototype[Symbol.iterator] = function* () { yield "REACHED" }; String.prototype.charCodeAt = () => -1; Array.isArray = () => true; export default (row) => ({ out: "x" })',
    ],
    [
      'replaces typed arrays',
      'ArrayBuffer.prototype.slice = () => new ArrayBuffer(0); Uint8Array.prototype.set = () => {}; Object.defineProperty(Uint8Array.prototype, "length", { get: () => 2 ** 31 }); export default (row) => ({ out: "long enough to lie in the heap of the column" })',
    ],
    [
      'defines setters on the prototype of all',
      'for (const name of ["rows", "columns", "failure", "values", "heap"]) Object.defineProperty(Object.prototype, name, { get: () => "REACHED", set() {} }); export default (row) => ({ out: "x" })',
    ],
    [
      'returns a proxy',
      'export default (row) => new Proxy({}, { get: (_, name) => name === "then" ? undefined : "x", ownKeys: () => { throw new Error("keys") } })',
    ],
    ['returns objects with getters', 'export default (row) => ({ get out() { return process.env } })'],
    ['returns a thenable', 'export default (row) => ({ out: "x", then(resolve) { resolve(process) } })'],
    [
      'returns symbols',
      'export default (row) => ({ out: Symbol("x"), [Symbol.toPrimitive]: () => "REACHED" })',
    ],
    [
      'throws an error with getters',
      'export default (row) => { throw Object.defineProperties(new Error("x"), { stack: { get() { return process.env } }, message: { get() { throw new Error("y") } } }) }',
    ],
    ['throws what is no error', 'export default (row) => { throw { toString() { return process.env } } }'],
    [
      'throws an error that lies about its place',
      'export default (row) => { const error = new Error("x"); error.stack = "    at f (user-code.ts:99999999999999999999:5)\\u001b[2J\\n    at /etc/passwd"; throw error }',
    ],
    ['imports a file', 'import secret from "file:///etc/passwd"; export default (row) => ({ out: secret })'],
    [
      'imports the runtime',
      'import { open } from "./runtime.ts"; export default (row) => ({ out: String(open) })',
    ],
    [
      'writes a frame into its log',
      'console.log("\\u0004\\u0000\\u0000\\u0000{}\\u001b]0;title\\u0007\\r\\nINFO forged line"); export default (row) => ({ out: "x" })',
    ],
    ['never stops at load', 'for (;;);'],
    ['waits for ever at load', 'await new Promise(() => {}); export default () => null'],
    ['nests too deeply to be parsed', `export default ${'('.repeat(50_000)}`],
  ];

  it.each(spoiling)('spoils only its own result when it %s', async (_, source) => {
    const { texts, all } = await attempt(source, { memoryBytes: 2 ** 26, timeoutMs: 1000 });
    expect(texts.every((text) => text === null || !text.includes('REACHED'))).toBe(true);
    expect(all).not.toMatch(/[\u001b\u0007]/);
  });

  const endless: readonly [name: string, source: string, codes: readonly string[]][] = [
    ['an endless loop', 'export default () => { for (;;); }', ['codeTimeout']],
    [
      'an endless loop that catches',
      'export default () => { for (;;) try { for (;;); } catch {} finally { for (;;); } }',
      ['codeTimeout'],
    ],
    [
      'a regular expression that backtracks',
      'export default () => ({ out: String(/^(a+)+$/.test("a".repeat(60) + "!")) })',
      ['codeTimeout'],
    ],
    [
      'endless microtasks',
      'export default () => { const again = () => Promise.resolve().then(again); again(); return null; }',
      ['codeTimeout', 'codeOutOfMemory'],
    ],
    [
      'an endless generator',
      'export default () => ({ out: [...(function* () { for (;;) yield 1; })()].join() })',
      ['codeTimeout', 'codeOutOfMemory', 'codeFailed'],
    ],
    [
      'endless recursion',
      'export default () => { const f = () => f() + 1; return { out: String(f()) }; }',
      ['codeFailed'],
    ],
    [
      'a huge power',
      'export default () => ({ out: String(7n ** 50_000_000n) })',
      ['codeTimeout', 'codeOutOfMemory', 'codeFailed'],
    ],
    [
      'a bomb of arrays',
      'export default () => { const a = []; for (;;) a.push(new Array(1000).fill(1)); }',
      ['codeOutOfMemory'],
    ],
    [
      'a bomb of one array',
      'export default () => new Array(2 ** 30).fill({ out: "x" })',
      ['codeOutOfMemory', 'codeTimeout', 'codeFailed'],
    ],
    [
      'a bomb of text',
      'export default () => { let text = "x"; for (;;) text += text; }',
      ['codeFailed', 'codeOutOfMemory'],
    ],
    [
      'a bomb of joined text',
      'export default () => ({ out: Array.from({ length: 1e6 }, () => "x".repeat(1000)).join("") })',
      ['codeFailed', 'codeOutOfMemory', 'codeTimeout'],
    ],
    [
      'a bomb of buffers',
      'export default () => { const a = []; for (;;) a.push(new Uint8Array(1e6)); }',
      ['codeOutOfMemory'],
    ],
    [
      'a bomb of rows',
      'const many = new Array(1e6).fill({ out: "x".repeat(100) }); export default () => many',
      ['codeOutOfMemory', 'codeTimeout'],
    ],
    [
      'a bomb of log lines',
      'export default () => { for (;;) console.log("x".repeat(1e6)); }',
      ['codeTimeout'],
    ],
    [
      'a bomb of JSON',
      'export default () => ({ out: JSON.stringify(Array.from({ length: 1e7 }, () => ({ a: 1 }))) })',
      ['codeOutOfMemory', 'codeTimeout', 'codeFailed'],
    ],
    [
      'a bomb of sorting',
      'export default () => { for (;;) new Float64Array(1e6).map((_, i) => -i).sort((a, b) => a - b); }',
      ['codeTimeout', 'codeOutOfMemory'],
    ],
  ];

  it.each(endless)('is ended, with a reason, after %s', async (_, source, codes) => {
    const { code, message } = await attempt(source, { memoryBytes: 2 ** 25, timeoutMs: 1500 });
    expect(codes).toContain(code);
    expect(message).toMatch(/^Step escape: escape\.ts.* of its input/);
  });
});

it('has no rights left when the isolate is broken', async () => {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const main = join(import.meta.dirname, 'harness/escaped.main.ts');
  const [program, ...args] = sandboxCommand(main);
  const { stdout } = await promisify(execFile)(program, [...args, canaryFile, String(port)], {
    env: SANDBOX_ENVIRONMENT,
    cwd: import.meta.dirname,
  });
  server.close();
  const { connect, environment, ...outcomes } = JSON.parse(stdout) as Record<string, string>;
  expect(stdout).not.toContain(CANARY);
  expect(Object.keys(JSON.parse(environment as string) as object)).toEqual(['TZ', 'LANG']);
  expect(
    Object.entries(outcomes).filter(([, outcome]) => !/refused|ERR_ACCESS_DENIED/.test(outcome)),
  ).toEqual([]);
  if (networkNamespacePrefix().length > 0) expect(connect).toMatch(/^refused/);
  expect(await readdir(folder)).toEqual(['canary.txt']);
  expect(existsSync(join(import.meta.dirname, 'harness/written.txt'))).toBe(false);
});
