/** Rows of comma-separated values (RFC 4180); empty lines are left out, but counted. */
export function readCsv(text: string): { readonly line: number; readonly cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [line, cells, cell, quoted] = [1, [] as string[], '', false];
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim() !== '')) rows.push({ line, cells: cells.map((one) => one.trim()) });
    [cells, cell] = [[], ''];
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] ?? '';
    if (sign === '"' && quoted && text[i + 1] === '"') cell += text[i++];
    else if (sign === '"') quoted = !quoted;
    else if (quoted) cell += sign;
    else if (sign === ',' || sign === ';') [cells, cell] = [[...cells, cell], ''];
    else if (sign === '\n') {
      endRow();
      line++;
    } else if (sign !== '\r') cell += sign;
  }
  endRow();
  return rows;
}
