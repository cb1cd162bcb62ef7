import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { newKeyPair, newLoadSecrets } from '../../src/lib/ssh-keys.ts';

describe('ssh-keys', () => {
  it('writes keys that are read back, every time', () => {
    for (let count = 0; count < 1_000; count++) {
      const pair = newKeyPair('test');
      const key = ssh2.utils.parseKey(pair.private);
      assert.ok(!(key instanceof Error), String(key));
      assert.equal(key.getPublicSSH().toString('base64'), pair.public.split(' ')[1]);
    }
  });

  it("writes them as OpenSSH's own tool does", () => {
    const folder = mkdtempSync(join(tmpdir(), 'labrador-keys-'));
    const pair = newKeyPair('test');
    writeFileSync(join(folder, 'key'), pair.private, { mode: 0o600 });
    const shown = execFileSync('ssh-keygen', ['-y', '-f', join(folder, 'key')]).toString();
    rmSync(folder, { recursive: true });
    assert.equal(shown.trim(), pair.public);
  });

  it('makes each load its own', () => {
    const [one, two] = [newLoadSecrets(), newLoadSecrets()];
    assert.notEqual(one.rootPassword, two.rootPassword);
    assert.notEqual(one.managementPublicKey, two.managementPublicKey);
    assert.notEqual(one.hostKeys[0]?.public, two.hostKeys[0]?.public);
    assert.equal(one.rootPassword.length, 24);
  });
});
