export interface Csv {
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
  /** The line of a quotation mark that is never closed; null where there is none. */
  readonly unclosed: number | null;
}

/**
 * Rows of comma-separated values (RFC 4180), as spreadsheets write them; empty lines are left out, but counted. Where the first
 * line has a tab, tabs separate: so spreadsheets paste.
 */
export function readCsv(text: string): Csv {
  const rows: { line: number; cells: string[] }[] = [];
  let [line, began, cells, cell, quoted] = [1, 1, [] as string[], '', false];
  const separators = /^[^\n]*\t/.test(text) ? '\t' : ',;';
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== ''))
      rows.push({ line: began, cells: cells.map((one) => one.trim()) });
    [cells, cell, began] = [[], '', line];
  };
  let opened = 0;
  for (let i = text.startsWith('\ufeff') ? 1 : 0; i < text.length; i++) {
    const sign = text[i] ?? '';
    if (sign === '"' && quoted && text[i + 1] === '"') cell += text[i++];
    else if (sign === '"') [quoted, opened] = [!quoted, line];
    else if (sign === '\n') {
      line++;
      if (quoted) cell += sign;
      else endRow();
    } else if (quoted) cell += sign;
    else if (separators.includes(sign)) [cells, cell] = [[...cells, cell], ''];
    else if (sign !== '\r') cell += sign;
  }
  endRow();
  return { rows, unclosed: quoted ? opened : null };
}
