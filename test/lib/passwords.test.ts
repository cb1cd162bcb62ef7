import assert from 'node:assert/strict';
import { hashPassword, verifyPassword } from '../../src/lib/passwords.ts';
import { createQueue } from '../../src/lib/queue.ts';

describe('passwords', () => {
  it('knows the right one from a wrong one', async () => {
    const hash = await hashPassword('a sentence is best');
    assert.match(hash, /^scrypt\$32768\$8\$1\$/);
    assert.ok(hash.length <= 255);
    assert.equal(await verifyPassword('a sentence is best', hash), true);
    assert.equal(await verifyPassword('a sentence is Best', hash), false);
  });

  it('takes one letter written in two ways for the same', async () => {
    assert.equal(await verifyPassword('Za\u0308hlwerk 12', await hashPassword('Z\u00e4hlwerk 12')), true);
  });

  it('believes the parameters that are stored with the hash', async () => {
    const older = 'scrypt$1024$8$1$c2FsdA==$+jRLtWGqwbUzRvMN4+1uXPEu+5SPbkMPyA7E6CwOjKs=';
    assert.equal(await verifyPassword('correct horse', older), true);
  });

  it('is false where there is no account, after the same work', async () => {
    assert.equal(await verifyPassword('', null), false);
  });
});

describe('createQueue', () => {
  it('runs no more than it may at once, in order', async () => {
    const inTurn = createQueue(2);
    const began: number[] = [];
    let running = 0;
    let most = 0;
    const work = (n: number) =>
      inTurn(async () => {
        began.push(n);
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        if (n === 3) throw new Error('third');
        return n;
      });
    const results = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(work));
    assert.equal(most, 2);
    assert.deepEqual(began, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(
      results.map((result) => result.status === 'fulfilled'),
      [true, true, false, true, true, true],
    );
  });
});
