/** Lists as files of comma-separated values (RFC 4180), as spreadsheets read them. */
import type { Response } from 'express';

type Cell = string | number | boolean | null;

/** What a spreadsheet would run as a formula. */
const formula = /^[=+\-@\t\r]/;

/** Rows as text, the heads first. Text that would be a formula gets an apostrophe before it. */
export function csvOf(heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [heads, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = formula.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Answers with a file that the browser keeps. Times belong in it as ISO 8601. */
export function sendCsv(
  res: Response,
  name: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  res.attachment(`${name}.csv`).type('text/csv; charset=utf-8').send(csvOf(heads, rows));
}
