import type { Reader } from '../transaction.ts';

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

/** For ORDER BY: names by what stands before the number at their end, then by the number: node2 comes before node10. */
export function naturally(reader: Reader, column: string, way: 'ASC' | 'DESC' = 'ASC'): string {
  const word =
    reader.engine === 'sqlite'
      ? `RTRIM(${column}, '0123456789')`
      : `REGEXP_REPLACE(${column}, '[0-9]+$', '')`;
  return `${word} ${way}, LENGTH(${column}) ${way}, ${column} ${way}`;
}
