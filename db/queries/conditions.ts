/** What a list's rows must fulfil: collected from its filters. */
export class Conditions {
  readonly #parts: string[] = [];
  readonly bindings: (string | number)[] = [];

  add(sql: string, ...values: (string | number)[]): void {
    this.#parts.push(sql);
    this.bindings.push(...values);
  }

  get sql(): string {
    return this.#parts.length === 0 ? '1 = 1' : this.#parts.join(' AND ');
  }
}

/** For `LIKE ? ESCAPE '!'` on a lowered column: begins with it. */
export function startingWith(words: string): string {
  return `${words.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
}

/** The same: it stands anywhere in it. */
export function containing(words: string): string {
  return `%${startingWith(words)}`;
}
