/**
 * Cuts a terminal's output into text and escape sequences (ECMA-48; xterm's ctlseqs), over the borders of chunks, so that
 * what is kept never begins or ends inside a sequence.
 */

export interface Token {
  readonly kind: 'text' | 'sequence';
  readonly bytes: Buffer;
}

const [esc, bell, cancel, substitute, backslash] = [0x1b, 0x07, 0x18, 0x1a, 0x5c];
const csi = 0x5b;
/** OSC, DCS, SOS, PM, APC: everything up to a terminator. */
const strings = new Set([0x5d, 0x50, 0x58, 0x5e, 0x5f]);
const osc = 0x5d;
/** A longer unfinished sequence is no sequence: somebody shows a binary file. */
const longest = 65_536;
const nothing = Buffer.alloc(0);

export class EscapeTokens {
  #unfinished: Buffer = nothing;

  /** The beginning of a sequence whose end has not come yet. */
  get unfinished(): Buffer {
    return this.#unfinished;
  }

  *cut(chunk: Buffer): Generator<Token> {
    const data = this.#unfinished.length > 0 ? Buffer.concat([this.#unfinished, chunk]) : chunk;
    this.#unfinished = nothing;
    for (let at = 0; at < data.length; ) {
      const start = data.indexOf(esc, at);
      if (start !== at) yield { kind: 'text', bytes: data.subarray(at, start < 0 ? undefined : start) };
      if (start < 0) return;
      at = sequenceEnd(data, start);
      if (at >= 0) yield { kind: 'sequence', bytes: data.subarray(start, at) };
      else return yield* this.#keep(data.subarray(start));
    }
  }

  *#keep(rest: Buffer): Generator<Token> {
    if (rest.length > longest) yield { kind: 'text', bytes: rest };
    else this.#unfinished = Buffer.from(rest);
  }
}

/** Where the sequence that starts here is over, -1 when its end has not come. */
function sequenceEnd(data: Buffer, start: number): number {
  const kind = data[start + 1];
  if (kind === undefined) return -1;
  if (strings.has(kind)) return stringEnd(data, start + 2, kind === osc);
  if (kind === esc) return start + 1;
  const isControl = kind === csi;
  if (!isControl && (kind < 0x20 || kind > 0x2f)) return start + 2;
  for (let at = start + 2; at < data.length; at += 1) {
    const byte = data[at] ?? 0;
    if (byte === esc) return at;
    if (byte === cancel || byte === substitute) return at + 1;
    if (byte >= (isControl ? 0x40 : 0x30) && byte <= 0x7e) return at + 1;
  }
  return -1;
}

function stringEnd(data: Buffer, from: number, bellEnds: boolean): number {
  for (let at = from; at < data.length; at += 1) {
    const byte = data[at];
    if (byte === cancel || byte === substitute || (bellEnds && byte === bell)) return at + 1;
    if (byte !== esc) continue;
    if (at + 1 === data.length) return -1;
    return data[at + 1] === backslash ? at + 2 : at;
  }
  return -1;
}
