import assert from 'node:assert/strict';
import { assign } from '../../src/domain/assign.ts';

describe('assign', () => {
  it('gives each its own, and moves who can go elsewhere', () => {
    assert.deepEqual(assign([]), []);
    assert.deepEqual(assign([[1, 2], [1]]), [2, 1], 'the first goes where the second cannot');
    assert.deepEqual(assign([[1, 2, 3], [1, 2], [1]]), [3, 2, 1], 'and that one moves a third');
    assert.equal(assign([[1], [1]]), null);
    assert.equal(
      assign([
        [1, 2],
        [1, 2],
        [2, 1],
      ]),
      null,
    );
  });
});
