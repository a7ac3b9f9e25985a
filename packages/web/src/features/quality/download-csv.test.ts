import { expect, it } from 'vitest';

import { toSafeCsv } from './download-csv.ts';

it('writes cells that no spreadsheet takes for a formula, and leaves numbers alone', () => {
  const rows = [
    ['id', 'note', 'n'],
    ['1', '=HYPERLINK("http://x")', '-5'],
    ['2', '＝1', '+3.5e2'],
    ['3', null, ''],
    ['4', '-a, b', '@x'],
  ];
  expect(toSafeCsv(rows)).toBe(
    'id,note,n\r\n1,"\'=HYPERLINK(""http://x"")",-5\r\n2,\'＝1,+3.5e2\r\n3,,""\r\n4,"\'-a, b",\'@x\r\n',
  );
});
