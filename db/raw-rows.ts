/** Rows of a raw SELECT on either engine. */
export function rowsOf<Row>(response: unknown): Row[] {
  const both = response as Row[] | [Row[], unknown];
  return Array.isArray(both[0]) ? (both[0] as Row[]) : (both as Row[]);
}
