import { queryWarehouse } from '@millrace/control-plane';

import type { Action } from '../commands/command.ts';
import { EXIT } from '../session/exit-code.ts';
import { countOption, textOption } from '../session/command-input.ts';
import { formatCount } from '../terminal/amounts.ts';
import { formatTable } from '../terminal/text-table.ts';

export const query: Action = async (session, input) => {
  const result = await session.call(queryWarehouse, {
    sql: input.arguments[0],
    connection: textOption(input, 'connection'),
    maxRows: countOption(input, 'limit'),
  });
  session.answer(result, () => {
    const columns = result.columns.map(
      (column) => ({ title: column.name, align: NUMERIC.test(column.type) ? 'right' : 'left' }) as const,
    );
    const rows = result.rows.map((row) => row.map((cell) => cell ?? 'NULL'));
    const count = `${formatCount(rows.length)} row${rows.length === 1 ? '' : 's'}`;
    return `${formatTable(columns, rows)}\n${result.isTruncated ? `first ${count}; more with --limit` : count}`;
  });
  return EXIT.done;
};

const NUMERIC = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|U?BIGNUM|DECIMAL|NUMERIC|DOUBLE|FLOAT|REAL)\b/i;
