/** The question marks of a list of so many values, for `IN (...)`. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/** Each column of these as `name = ?`, for `UPDATE ... SET ...`. */
export function sets(changes: object): string[] {
  return Object.keys(changes).map((name) => `${name} = ?`);
}
