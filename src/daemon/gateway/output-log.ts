/** A terminal's output in blocks, the oldest dropped: whole blocks only, each knowing the terminal's state at its start. */

export interface OutputLimits {
  readonly lines: number;
  readonly bytes: number;
}

interface Block {
  readonly state: Buffer;
  readonly bytes: Buffer;
  used: number;
  lines: number;
}

const blockBytes = 8_192;
const newline = 0x0a;

export class OutputLog {
  readonly #limits: OutputLimits;
  #blocks: Block[] = [];
  #lines = 0;
  #bytes = 0;
  #hasDropped = false;

  constructor(limits: OutputLimits) {
    this.#limits = limits;
  }

  /** Adds text, which may be cut between characters. `state` makes what a terminal must be told if the log began here. */
  addText(text: Buffer, state: () => Buffer): void {
    for (let at = 0; at < text.length; ) {
      const end = characterBorder(text, at + blockBytes);
      this.addWhole(text.subarray(at, end), state);
      at = end;
    }
  }

  /** Adds bytes that stay together. */
  addWhole(bytes: Buffer, state: () => Buffer): void {
    const block = this.#blockFor(bytes.length, state);
    const lines = countLines(bytes);
    block.used += bytes.copy(block.bytes, block.used);
    block.lines += lines;
    this.#lines += lines;
    this.#bytes += bytes.length;
    this.#dropOldest();
  }

  /** All that is kept, and before it what brings a fresh terminal to where that began. */
  contents(): Buffer {
    const kept = this.#blocks.map((block) => block.bytes.subarray(0, block.used));
    const [first] = this.#blocks;
    return Buffer.concat(this.#hasDropped && first ? [first.state, ...kept] : kept);
  }

  #blockFor(size: number, state: () => Buffer): Block {
    const last = this.#blocks.at(-1);
    if (last && last.bytes.length - last.used >= size) return last;
    const bytes = Buffer.allocUnsafeSlow(Math.max(blockBytes, size));
    const block = { state: state(), bytes, used: 0, lines: 0 };
    this.#blocks.push(block);
    return block;
  }

  #dropOldest(): void {
    for (;;) {
      const [first, second] = this.#blocks;
      if (!first || !second) return;
      const enough = this.#lines - first.lines >= this.#limits.lines;
      if (!enough && this.#bytes <= this.#limits.bytes) return;
      this.#blocks.shift();
      this.#hasDropped = true;
      this.#lines -= first.lines;
      this.#bytes -= first.used;
    }
  }
}

/** The last place at or before `wanted` where a UTF-8 character begins. */
function characterBorder(text: Buffer, wanted: number): number {
  if (wanted >= text.length) return text.length;
  for (let at = wanted; at > wanted - 4; at -= 1) if (((text[at] ?? 0) & 0xc0) !== 0x80) return at;
  return wanted;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
