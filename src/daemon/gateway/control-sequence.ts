/** What one escape sequence of a terminal's output means to somebody who keeps it for later (xterm's ctlseqs). */

export type Meaning =
  /** To the screen of full-screen programs, or back. */
  | { readonly kind: 'enter-alternate' | 'leave-alternate' }
  /** The screen, the lines above it and every mode as at the start; or the modes alone. */
  | { readonly kind: 'start-over' | 'reset-modes' }
  /** Asks the terminal to answer, or acts outside of it: never to be repeated. */
  | { readonly kind: 'once' }
  /** Stays in force until another of the same key. */
  | { readonly kind: 'sticky'; readonly keys: readonly string[] }
  /** Colours and weight; adds up until a reset. */
  | { readonly kind: 'style'; readonly resets: boolean }
  | { readonly kind: 'other' };

const alternateModes = new Set(['47', '1047', '1049']);
const other: Meaning = { kind: 'other' };

export function meaningOf(sequence: Buffer): Meaning {
  const text = sequence.toString('latin1', 1);
  if (text.startsWith('[')) return meaningOfControl(text);
  if (text.startsWith(']')) return meaningOfCommand(text);
  if (text === 'c') return { kind: 'start-over' };
  if (text === 'Z' || /^P[$+]q/.test(text)) return { kind: 'once' };
  if (/^[()*+]/.test(text)) return { kind: 'sticky', keys: [text.charAt(0)] };
  if (text === '=' || text === '>') return { kind: 'sticky', keys: ['keypad'] };
  return other;
}

function meaningOfControl(text: string): Meaning {
  const [, prefix = '', parameters = '', between = '', final = ''] =
    /^\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])$/.exec(text) ?? [];
  const form = `${prefix}${between}${final}`;
  if (form === '?h' || form === '?l') return meaningOfModes(parameters.split(';'), final === 'h');
  if (form === 'm') return { kind: 'style', resets: /^0*$|^0*;/.test(parameters) };
  if (form === '!p') return { kind: 'reset-modes' };
  if (form === ' q') return { kind: 'sticky', keys: ['cursor'] };
  const asks = ['c', 'n', 't'].includes(final) || ['x', '>q', '?u', '$p', '?$p'].includes(form);
  return asks ? { kind: 'once' } : other;
}

function meaningOfModes(modes: readonly string[], on: boolean): Meaning {
  if (modes.some((mode) => alternateModes.has(mode)))
    return { kind: on ? 'enter-alternate' : 'leave-alternate' };
  return { kind: 'sticky', keys: modes.map((mode) => `mode ${mode}`) };
}

/** Operating system commands: titles stay; the clipboard, notifications and questions about colours are for once. */
function meaningOfCommand(text: string): Meaning {
  const code = /^\](\d+)/.exec(text)?.[1] ?? '';
  if (['0', '2'].includes(code)) return { kind: 'sticky', keys: ['title'] };
  if (['9', '52', '777'].includes(code) || /;\?[^;]*$/.test(text)) return { kind: 'once' };
  return other;
}
