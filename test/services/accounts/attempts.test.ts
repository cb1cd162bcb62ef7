import assert from 'node:assert/strict';
import { networkOf, waitAfter } from '../../../src/services/accounts/attempts.ts';

describe('the wait after failed attempts', () => {
  for (const [failures, seconds] of [
    [0, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [10, 32],
    [14, 512],
    [15, 900],
    [10_000, 900],
  ] as const) {
    it(`${failures} failures: ${seconds} s`, () => assert.equal(waitAfter(failures), seconds * 1000));
  }
});

describe('the network of an address', () => {
  for (const [address, network] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['', ''],
  ]) {
    it(`${address} is of ${network}`, () => assert.equal(networkOf(address ?? ''), network));
  }
});
