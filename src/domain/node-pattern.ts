/** Names of nodes written as a pattern: `lab[01-40]`, or VCL's `lab%` with a first and a last number. */
import { invalid } from './errors.ts';

/** So many at once, by a pattern or by a table. */
export const mostNewNodes = 10_000;

/** Every name, in order. A pattern without a number is one name. Throws LabError that names the field. */
export function namesOf(pattern: string, from?: number, to?: number): string[] {
  const [, before, first, last, after] = /^([^[\]%]*)\[(\d{1,9})-(\d{1,9})\]([^[\]%]*)$/.exec(pattern) ?? [];
  if (before !== undefined && first !== undefined && last !== undefined)
    return numbered(
      `${before}%${after}`,
      Number(first),
      Number(last),
      first.startsWith('0') ? first.length : 0,
    );
  if (/[[\]]/.test(pattern)) throw invalid('pattern', 'A range is written [01-40], once.');
  if (!pattern.includes('%')) return [pattern];
  if (from === undefined || to === undefined)
    throw invalid('pattern', 'With % say the first and the last number, or write it as lab[01-40].');
  return numbered(pattern, from, to, 0);
}

function numbered(pattern: string, from: number, to: number, digits: number): string[] {
  if (to < from) throw invalid('pattern', `The range ends at ${to}, before it begins at ${from}.`);
  const count = to - from + 1;
  if (count > mostNewNodes)
    throw invalid('pattern', `That would be ${count} nodes: at most ${mostNewNodes} at once.`);
  return Array.from({ length: count }, (_, i) =>
    pattern.replace('%', String(from + i).padStart(digits, '0')),
  );
}

const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** A network card's address as it is kept; null when it is none that one card may have. */
export function macOfText(text: string): string | null {
  const mac = text.trim().toLowerCase().replaceAll('-', ':');
  return macPattern.test(mac) && Number.parseInt(mac.slice(0, 2), 16) % 2 === 0 ? mac : null;
}

/** The address so many after the first; null past the last one. */
export function macAfter(first: string, steps: number): string | null {
  const value = BigInt(`0x${first.replaceAll(':', '')}`) + BigInt(steps);
  if (value >= 1n << 48n) return null;
  return (value.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
}

/**
 * Of a node at `index` of a row of them: what `text` says where it has a `%` (its name stands there), else the address so many
 * after the one that `text` is, else `text` itself. Null past the last address.
 */
export function addressAfter(text: string, index: number, name: string): string | null {
  if (text.includes('%')) return text.replaceAll('%', name);
  if (/^\d+(\.\d+){3}$/.test(text)) return ipv4After(text, index);
  const [, before, last] = /^([0-9a-f:]*:)([0-9a-f]{0,4})$/i.exec(text) ?? [];
  if (before === undefined || last === undefined) return text;
  const group = Number.parseInt(last || '0', 16) + index;
  return group > 0xffff ? null : before + group.toString(16);
}

function ipv4After(first: string, steps: number): string | null {
  const value = first.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + steps;
  if (value >= 2 ** 32) return null;
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}
