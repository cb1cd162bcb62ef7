import assert from 'node:assert/strict';
import { entityTag, rangeOf } from '../../../src/daemon/gateway/files/byte-range.ts';

describe('daemon/gateway: parts of a file', () => {
  const file = { size: 1_000, mtime: 50 };
  const tag = entityTag(file, 200);
  const asked = (range: string | undefined, condition?: string) =>
    rangeOf({ range, ...(condition === undefined ? {} : { 'if-range': condition }) }, file, tag);

  it('reads what RFC 9110 writes, and takes nonsense and several parts for the whole file', () => {
    assert.deepEqual(asked('bytes=0-0'), { first: 0, last: 0 });
    assert.deepEqual(asked('bytes=10-'), { first: 10, last: 999 });
    assert.deepEqual(asked('bytes=10-5000'), { first: 10, last: 999 });
    assert.deepEqual(asked('bytes=-10'), { first: 990, last: 999 });
    assert.deepEqual(asked('bytes=-5000'), { first: 0, last: 999 });
    for (const range of ['bytes=1000-', 'bytes=-0']) assert.equal(asked(range), 'unsatisfiable', range);
    for (const range of [undefined, 'bytes=', 'bytes=-', 'bytes=5-4', 'lines=1-2', 'bytes=0-1,5-6'])
      assert.equal(asked(range), null, range);
  });

  it('gives a part only of the file that the first part came from', () => {
    assert.deepEqual(asked('bytes=10-', tag), { first: 10, last: 999 });
    assert.equal(asked('bytes=10-', '"other"'), null);
    const fresh = entityTag(file, 51);
    assert.match(fresh, /^W\//);
    assert.equal(rangeOf({ range: 'bytes=10-', 'if-range': fresh }, file, fresh), null);
  });
});
