/** The question marks of a list of so many values, for `IN (...)`. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
