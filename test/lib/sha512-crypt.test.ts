import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { isSha512Crypt, sha512Crypt } from '../../src/lib/sha512-crypt.ts';

describe('sha512Crypt', () => {
  it("agrees with the specification's example", () => {
    assert.equal(
      sha512Crypt('Hello world!', 'saltstring'),
      '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
    );
  });

  it('agrees with openssl for every length of password', () => {
    for (const length of [1, 7, 20, 63, 64, 65, 130]) {
      const password = 'p'.repeat(length);
      const theirs = execFileSync('openssl', ['passwd', '-6', '-salt', 'abcdefgh', '-stdin'], {
        input: password,
      });
      assert.equal(sha512Crypt(password, 'abcdefgh'), theirs.toString().trim());
    }
  });

  it('knows its own hashes, and no others', () => {
    const hash = sha512Crypt('secret');
    assert.ok(isSha512Crypt('secret', hash));
    assert.ok(!isSha512Crypt('Secret', hash));
    assert.ok(!isSha512Crypt('secret', '!'));
    assert.notEqual(sha512Crypt('secret'), hash);
  });
});
