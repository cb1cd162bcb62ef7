import assert from 'node:assert/strict';
import { inOrder } from '../../scripts/in-order.mjs';

describe('scripts/in-order', () => {
  it('prints the first as it writes and the next when that has ended', () => {
    const printed: (string | Uint8Array)[] = [];
    const open = inOrder((chunk) => printed.push(chunk));
    const [first, second, third] = [open(), open(), open()];
    second.write('b');
    first.write('a');
    assert.deepEqual(printed, ['a']);
    third.write('c');
    third.end();
    first.end();
    assert.deepEqual(printed, ['a', 'b']);
    second.write('b');
    second.end();
    assert.deepEqual(printed, ['a', 'b', 'b', 'c']);
  });
});
