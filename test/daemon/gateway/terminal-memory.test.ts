import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { EscapeTokens } from '../../../src/daemon/gateway/escape-tokens.ts';
import { TerminalMemory } from '../../../src/daemon/gateway/terminal-memory.ts';

const limits = { lines: 5_000, bytes: 2 * 1024 * 1024 };

function memoryOf(...chunks: readonly string[]): TerminalMemory {
  const memory = new TerminalMemory(limits);
  for (const chunk of chunks) memory.write(Buffer.from(chunk));
  return memory;
}

/** What a window opened now is shown, after the reset. */
function shown(memory: TerminalMemory): string {
  const replay = memory.replay().toString();
  assert.ok(replay.startsWith('\x1bc'));
  return replay.slice(2);
}

describe('daemon/gateway/terminal-memory', () => {
  it('keeps what a shell wrote, colours and titles included', () => {
    const output = '\x1b]0;student@lab\x07\x1b[1;32m$\x1b[0m ls\r\nnotes  größe\r\n\x1b[?2004h$ ';
    assert.equal(shown(memoryOf(output)), output);
  });

  it('repeats no question, no bell, no clipboard', () => {
    const questions = [
      '\x1b[c',
      '\x1b[>c',
      '\x1b[6n',
      '\x1b[?6n',
      '\x1b]11;?\x07',
      '\x1b]11;?\x1b\\',
      '\x1b[?2026$p',
    ];
    const calls = [
      '\x07',
      '\x05',
      '\x1b]52;c;c2VjcmV0\x07',
      '\x1bP$qm\x1b\\',
      '\x1b[18t',
      '\x1bZ',
      '\x1b[>q',
      '\x1b[?u',
    ];
    assert.equal(shown(memoryOf('a', ...questions, ...calls, 'b')), 'ab');
  });

  it('keeps the last 5,000 lines and little more, with the state they began in', () => {
    const memory = new TerminalMemory(limits);
    memory.write(Buffer.from('\x1b[?2004h\x1b[31m'));
    for (let line = 1; line <= 20_000; line += 1) memory.write(Buffer.from(`line ${line}\r\n`));
    const text = shown(memory);
    const lines = text.match(/line \d+/g) ?? [];
    assert.ok(lines.length >= 5_000 && lines.length < 6_000, `${lines.length} lines`);
    assert.equal(lines.at(-1), 'line 20000');
    assert.ok(text.startsWith('\x1b[?2004h\x1b[31m'));
  });

  it('is bounded in bytes when no line ends', () => {
    const memory = new TerminalMemory({ lines: 5_000, bytes: 100_000 });
    for (let piece = 0; piece < 1_000; piece += 1) memory.write(Buffer.from('ü'.repeat(1_001)));
    const text = shown(memory);
    assert.ok(Buffer.byteLength(text) <= 100_000 + 8_192);
    assert.match(text, /^ü+$/u);
  });

  it('shows a full-screen program while it runs, and the shell as before when it has left', () => {
    const before = 'one\r\n$ vim\r\n';
    const memory = memoryOf(before, '\x1b[?1049h\x1b[?1h\x1b[Hdrawing\x1b[?2004l');
    assert.equal(memory.isFullScreen, true);
    assert.equal(shown(memory), `${before}\x1b[?1049h\x1b[?1h\x1b[Hdrawing\x1b[?2004l`);
    memory.write(Buffer.from('more\x1b[?1049l$ '));
    assert.equal(memory.isFullScreen, false);
    assert.equal(shown(memory), `${before}\x1b[?1h\x1b[?2004l$ `);
  });

  it('lets no full-screen program push out a line of the shell', () => {
    const memory = memoryOf('precious\r\n$ top\r\n\x1b[?1049h');
    for (let second = 0; second < 5_000; second += 1)
      memory.write(Buffer.from(`\x1b[H${'load\r\n'.repeat(40)}`));
    assert.ok(memory.replay().length < 300_000);
    memory.write(Buffer.from('\x1b[?1049l$ '));
    assert.equal(shown(memory), 'precious\r\n$ top\r\n$ ');
  });

  it('forgets what was there before a reset', () => {
    assert.equal(shown(memoryOf('secret\r\n\x1b[?1049hvim', '\x1bcfresh')), 'fresh');
  });

  it('passes the beginning of a sequence on to the window that gets the rest', () => {
    assert.equal(shown(memoryOf('a\x1b[3')), 'a\x1b[3');
    assert.equal(shown(memoryOf('a\x1b[3', '1mb')), 'a\x1b[31mb');
  });

  it('is the same however the output is cut', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom(
        '\r\n',
        '\x1b',
        '\x1b[',
        '\x1b]',
        '\x1bP',
        '\x07',
        '\x18',
        '\x1b\\',
        '\x1b(0',
        '\x1b[31m',
      ),
      fc.constantFrom(
        '\x1b[?1049h',
        '\x1b[?1049l',
        '\x1b[?25l',
        '\x1b[6n',
        '\x1b]0;t\x07',
        '\x1b]8;;x\x1b\\',
        '\x1bc',
      ),
    );
    const run = (pieces: readonly string[], cuts: readonly number[]) => {
      const whole = Buffer.from(pieces.join(''));
      const borders = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b);
      const cut = new TerminalMemory(limits);
      for (const [index, from] of [0, ...borders].entries())
        cut.write(whole.subarray(from, borders[index] ?? whole.length));
      const once = new TerminalMemory(limits);
      once.write(whole);
      assert.deepEqual(cut.replay(), once.replay());
    };
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 10 }), run));
  });

  it('loses no byte when cutting into tokens', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const escapes = fc.constantFrom('\x1b[', '\x1b]', '\x1b', '\x1bP').map((text) => Buffer.from(text));
    const run = (chunks: readonly Uint8Array[]) => {
      const tokens = new EscapeTokens();
      const cut = chunks.flatMap((chunk) =>
        [...tokens.cut(Buffer.from(chunk))].map((token) => Buffer.from(token.bytes)),
      );
      assert.deepEqual(Buffer.concat([...cut, tokens.unfinished]), Buffer.concat(chunks));
    };
    fc.assert(fc.property(fc.array(fc.oneof(bytes, escapes)), run));
  });
});
