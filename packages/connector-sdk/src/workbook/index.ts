/**
 * Rows as an Excel workbook. A door of its own, because the library behind it is loaded where one is written and nowhere else.
 * Knows no database.
 * Enter at `writeWorkbook`.
 */
export * from './write-workbook.ts';
