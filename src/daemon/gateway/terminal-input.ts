/** What a window sends in: control messages, and typed bytes that may be a terminal's own answers. */
import { z } from 'zod';
import type { Size } from './terminal-window.ts';

const edge = (most: number) => z.coerce.number().int().min(1).max(most);
const sizeSchema = z.object({ cols: edge(1_000), rows: edge(500) });
const controlSchema = sizeSchema.extend({ type: z.literal('resize') });

/** The size in an address's query; 80 x 24 when it says none that can be used. */
export function sizeOfQuery(query: URLSearchParams): Size {
  const parsed = sizeSchema.safeParse({ cols: query.get('cols'), rows: query.get('rows') });
  return parsed.success ? parsed.data : { cols: 80, rows: 24 };
}

/** The size a control message asks for, null when it is no message of ours. */
export function resizeIn(text: string): Size | null {
  try {
    const { cols, rows } = controlSchema.parse(JSON.parse(text));
    return { cols, rows };
  } catch {
    return null;
  }
}

/**
 * Terminals answer a program's questions (where is the cursor, what are you, which colour) by typing. Every window of a
 * shell answers; the program wants one answer, so those of all windows but one are left out.
 */
export function isAnswer(typed: Buffer): boolean {
  if (typed[0] !== 0x1b || typed.length > 256) return false;
  const text = typed.toString('latin1', 1);
  return (
    /^\[[?>=]?[\d;]*([cRn]|\$y)$/.test(text) || /^\]\d+;.*(rgb|rgba):/.test(text) || /^P[\d>!+$]/.test(text)
  );
}
