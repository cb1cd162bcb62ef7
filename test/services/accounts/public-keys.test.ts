import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../../src/lib/exec.ts';
import { parsePublicKey } from '../../../src/services/accounts/public-keys.ts';

describe('public SSH keys', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'labrador-keys-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const make = async (type: string, bits?: string) => {
    const file = join(folder, `${type}${bits}`);
    const size = bits === undefined ? [] : ['-b', bits];
    await exec('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', 'me@home', '-f', file]);
    const [, fingerprint] = (await exec('ssh-keygen', ['-l', '-f', `${file}.pub`])).stdout.split(' ');
    return { line: readFileSync(`${file}.pub`, 'utf8'), fingerprint };
  };

  for (const [type, bits] of [
    ['ed25519', undefined],
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
    ['rsa', '2048'],
    ['rsa', '3072'],
  ] as const) {
    it(`are read as ssh-keygen reads them: ${type} ${bits ?? ''}`, async () => {
      const { line, fingerprint } = await make(type, bits);
      const key = parsePublicKey(line);
      assert.ok(typeof key !== 'string', String(key));
      assert.equal(key.fingerprint, fingerprint);
      assert.equal(key.comment, 'me@home');
      assert.equal(`${key.text} me@home\n`, line);
    });
  }

  it('may lie in hardware', () => {
    const key = blob('sk-ssh-ed25519@openssh.com', Buffer.alloc(32, 7), Buffer.from('ssh:'));
    assert.equal(typeof parsePublicKey(key), 'object');
    const point = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]);
    const ecdsa = blob(
      'sk-ecdsa-sha2-nistp256@openssh.com',
      Buffer.from('nistp256'),
      point,
      Buffer.from('ssh:'),
    );
    assert.equal(typeof parsePublicKey(ecdsa), 'object');
  });

  it('of RSA need 2048 bits', async () => {
    const { line } = await make('rsa', '1024');
    assert.match(String(parsePublicKey(line)), /2048 bits/);
  });

  for (const [what, line] of [
    ['nothing', ''],
    ['a word', 'hello'],
    ['a type alone', 'ssh-ed25519'],
    ['a damaged blob', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA'],
    ['what is not base64', 'ssh-ed25519 <script>alert(1)</script>'],
    ['one type in the name of another', blob('ssh-rsa', Buffer.alloc(3)).replace('ssh-rsa', 'ssh-ed25519')],
    ['an old type', blob('ssh-dss', Buffer.alloc(20))],
    ['a member of every object', 'constructor AAAA'],
    ['an rsa key of zeros', blob('ssh-rsa', Buffer.from([1, 0, 1]), Buffer.alloc(300))],
    ['options', `command="/bin/sh" ${blob('ssh-ed25519', Buffer.alloc(32))}`],
    ['two lines', `${blob('ssh-ed25519', Buffer.alloc(32))}\n${blob('ssh-ed25519', Buffer.alloc(32))}`],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc'],
  ] as const) {
    it(`are not ${what}`, () => assert.equal(typeof parsePublicKey(line), 'string'));
  }
});

function blob(type: string, ...fields: Buffer[]): string {
  const parts = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return `${type} ${Buffer.concat(parts).toString('base64')}`;
}
