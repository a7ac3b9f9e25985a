/**
 * JavaScript that makes row objects and takes them apart, with the columns' names as literals: the objects get one hidden
 * class and the accesses stay monomorphic, which a loop over names would not. An expression of type `RowCode`.
 */
export function generateRowCode(inputNames: readonly string[], outputNames: readonly string[]): string {
  const cells = inputNames.map((name, index) => `${key(name)}: d${index}.read(row)`);
  const puts = outputNames.map(
    (name, index) =>
      `value = record[${JSON.stringify(name)}]; if (!e${index}.put(at, value)) refuse(${index}, value);`,
  );
  return `({
  createMakeRow(d) {
    'use strict';
    ${inputNames.map((_, index) => `const d${index} = d[${index}];`).join(' ')}
    return (row) => ({ ${cells.join(', ')} });
  },
  createAppend(e, refuse, checkKeys) {
    'use strict';
    ${outputNames.map((_, index) => `const e${index} = e[${index}];`).join(' ')}
    return (record, at) => {
      let value;
      ${puts.join('\n      ')}
      let keys = 0;
      for (const key in record) keys += 1;
      if (keys !== ${outputNames.length}) checkKeys(record);
    };
  },
})`;
}

/** Only a computed key makes a column of `__proto__`; the others are faster without. */
function key(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}
