import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CommandLine, normalize } from './testing/command-line.ts';

let line: CommandLine;

const PIPELINE = `version: 1
name: catalogue
steps:
  products:
    source: { connection: shop, table: products }
  slugged:
    code:
      from: products
      file: slug.ts
      reads: [name, price]
      columns: { slug: { type: string, nullable: false }, price: 'decimal(10, 2)' }
  cheap:
    filter: { from: slugged, where: price < 100 }
  publish:
    destination: { from: cheap, connection: warehouse, table: mart.products }
tests:
  - name: a slug holds letters and digits
    given:
      products: [{ id: 1, name: ' Tea  Pot! ', price: '10.50' }, { id: 2, name: null, price: '1.00' }]
    expect:
      slugged: [{ id: 1, slug: tea-pot, price: '10.50' }]
  - name: what is dear is not published
    given:
      slugged: [{ id: 1, slug: gold, price: '500.00' }]
    expect:
      cheap: []
`;

const SLUG = `import type { Code, InputRow } from '../.millrace/types/catalogue/slugged.d.ts';

/** Letters and digits, with a dash between words. */
function slugOf(name: string): string {
  return name.toLowerCase().match(/[a-z0-9]+/g)?.join('-') ?? 'nameless';
}

export default ((row: InputRow) => {
  if (row.name === null) return null;
  if (row.name === 'Trouble') throw new Error('no slug for Trouble');
  return { slug: slugOf(row.name), price: row.price };
}) satisfies Code;
`;

beforeAll(async () => {
  line = new CommandLine();
  await line.run(['init', '.', '--name', 'golden']);
  change(`CREATE TABLE products (id INTEGER NOT NULL PRIMARY KEY, name TEXT, price DECIMAL(10,2));
    INSERT INTO products VALUES (1, 'Tea Pot', '10.50'), (2, 'Gold  Bar', '5000.00'), (3, NULL, '1.00');`);
  await line.run(['connections', 'add', 'shop', 'sqlite', '--set', 'path=shop.db']);
  write('pipelines/catalogue.yaml', PIPELINE);
  write('transforms/slug.ts', SLUG);
  await line.run(['run', 'catalogue']);
}, 180_000);

afterAll(() => line[Symbol.dispose]());

function write(path: string, text: string): void {
  mkdirSync(join(line.folder, path, '..'), { recursive: true });
  writeFileSync(join(line.folder, path), text);
}

function change(sql: string): void {
  using db = new DatabaseSync(join(line.folder, 'shop.db'));
  db.exec(sql);
}

async function published(): Promise<unknown> {
  const { out } = await line.run(['query', 'SELECT * FROM mart.products ORDER BY id', '--json']);
  return JSON.parse(out).rows;
}

describe('a pipeline with a code step', { timeout: 180_000 }, () => {
  it.each([
    ['code-plan', ['plan', 'catalogue'], 0],
    ['code-lineage', ['lineage', 'slug', 'catalogue'], 0],
    ['code-export-sql', ['export', 'sql', 'catalogue'], 0],
    ['code-export-mermaid', ['export', 'mermaid', 'catalogue'], 0],
    ['code-test', ['test', 'catalogue'], 0],
    ['code-verify', ['verify', 'catalogue'], 0],
    ['code-preview', ['preview', 'catalogue', 'slugged'], 0],
    ['code-preview-after', ['preview', 'catalogue', 'cheap'], 0],
    ['code-diff', ['diff', 'catalogue', '--full-refresh'], 0],
  ] as const)('%s', async (name, args, exitCode) => {
    await expectGolden(name, args, exitCode);
  });

  it('follows what changes in its input', async () => {
    expect(await published()).toEqual([['1', 'tea-pot', '10.50']].map((row) => expect.arrayContaining(row)));
    change(`UPDATE products SET name = 'Copper Bar', price = '50.00' WHERE id = 2;
      DELETE FROM products WHERE id = 1;
      INSERT INTO products VALUES (4, 'Cup & Saucer', '7.25')`);
    expect((await line.run(['run', 'catalogue'])).exitCode).toBe(0);
    expect(await published()).toEqual(
      [
        ['2', 'copper-bar', '50.00'],
        ['4', 'cup-saucer', '7.25'],
      ].map((row) => expect.arrayContaining(row)),
    );
  });

  it('shows what its function logs', async () => {
    write(
      'transforms/slug.ts',
      SLUG.replace('if (row.name === null)', "console.log('seen', row.name);\n  if (row.name === null)"),
    );
    const { out, err } = await line.run(['run', 'catalogue', '--json']);
    expect(err).toBe('');
    const log = await line.run(['runs', JSON.parse(out).runId, '--log']);
    const lines = log.out.trim().split('\n');
    expect(lines).toHaveLength(3);
    for (const text of lines) expect(text).toMatch(/^slugged \(kept here\): info, row [123]: seen /);
    expect(log.out).toContain(': seen null\n');
    write('transforms/slug.ts', SLUG);
  });

  it('says what an edit of its file changes', async () => {
    write('transforms/slug.ts', SLUG.replace('nameless', 'none'));
    const { out } = await line.run(['plan', 'catalogue']);
    expect(out).toContain(
      '~ step slugged: changed\n  ~ step cheap: computed anew, because slugged changed\n',
    );
    write('transforms/slug.ts', SLUG);
  });

  it('gives editors the types of its function', () => {
    const types = readFileSync(join(line.folder, '.millrace/types/catalogue/slugged.d.ts'), 'utf8');
    expect(types).toContain('"name": string | null;');
    expect(types).toContain('"slug": string;');
    expect(types).not.toContain('"id"');
  });

  it('stays as it was when its function fails', async () => {
    const before = await published();
    change("INSERT INTO products VALUES (5, 'Trouble', '1.00')");
    await expectGolden('code-run-throws', ['run', 'catalogue'], 1);
    expect(await published()).toEqual(before);
    change('DELETE FROM products WHERE id = 5');
    write('transforms/slug.ts', SLUG.replace('slug: slugOf(row.name)', 'slug: row.name.length'));
    await expectGolden('code-run-wrong-type', ['run', 'catalogue'], 1);
    write('transforms/slug.ts', SLUG.replace('return null;', 'for (;;);'));
    write('pipelines/catalogue.yaml', PIPELINE.replace('reads:', 'limits: { timeout: 300ms }\n      reads:'));
    await expectGolden('code-run-loops', ['run', 'catalogue'], 1);
    expect(await published()).toEqual(before);
    write('pipelines/catalogue.yaml', PIPELINE);
    write('transforms/slug.ts', SLUG);
  });

  it('is refused with the place when its file cannot be run', async () => {
    write('transforms/slug.ts', SLUG.replace('return null;', 'return = null;'));
    await expectGolden('code-plan-syntax', ['plan', 'catalogue'], 2);
    await expectGolden('code-validate-syntax', ['validate', 'catalogue'], 2);
    write('transforms/slug.ts', `import { slug } from 'slugify';\n${SLUG}`);
    await expectGolden('code-plan-import', ['plan', 'catalogue'], 2);
    write('pipelines/catalogue.yaml', PIPELINE.replace('slug.ts', 'slgu.ts'));
    await expectGolden('code-plan-missing', ['plan', 'catalogue'], 2);
    write('secret.ts', 'export default () => null');
    symlinkSync(join(line.folder, 'secret.ts'), join(line.folder, 'transforms', 'link.ts'));
    write('pipelines/catalogue.yaml', PIPELINE.replace('slug.ts', 'link.ts'));
    await expectGolden('code-plan-link', ['plan', 'catalogue'], 2);
    write('pipelines/catalogue.yaml', PIPELINE);
    write('transforms/slug.ts', SLUG);
  });

  it('can be part of a template', async () => {
    const template = (source: string) => `version: 1
name: shouting
inputs: { rows: Rows with a name. }
steps:
  loud:
    code:
      from: rows
      reads: [name]
      columns: { name: string }
      source: |
        ${source}
output: loud
`;
    write(
      'transforms/shouting.yaml',
      template('export default ({ name }) => ({ name: name?.toUpperCase() ?? null });'),
    );
    write(
      'pipelines/loud.yaml',
      `version: 1
name: loud
steps:
  products:
    source: { connection: shop, table: products }
  shouted:
    template: { use: shouting, inputs: { rows: products } }
  publish:
    destination: { from: shouted, connection: warehouse, table: mart.loud }
`,
    );
    expect((await line.run(['run', 'loud'])).exitCode).toBe(0);
    const { out } = await line.run([
      'query',
      "SELECT DISTINCT name FROM mart.loud WHERE name LIKE 'COPPER%'",
      '--json',
    ]);
    expect(JSON.parse(out).rows).toEqual([['COPPER BAR']]);
    write('transforms/shouting.yaml', template('export default ({ name }) => ;'));
    await expectGolden('code-plan-template', ['plan', 'loud'], 2);
  });
});

async function expectGolden(name: string, args: readonly string[], exitCode: number): Promise<void> {
  const outcome = await line.run(args);
  const err = outcome.err.split('\n').toSorted().join('\n').trim();
  const shown = `$ millrace ${args.join(' ')}\nexit ${outcome.exitCode}\n--- standard output\n${outcome.out}--- standard error\n${err}`;
  await expect(normalize(shown, line.folder)).toMatchFileSnapshot(`goldens/${name}.txt`);
  expect(outcome.exitCode).toBe(exitCode);
}
