import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeImage } from '../../../src/lib/images/probe-image.ts';
import { tinyImage } from '../../helpers/tiny-image.ts';

describe('lib/images/probe-image', function () {
  this.timeout(120_000);
  let folder: string;
  let helper: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labrador-probe-test-'));
    helper = await tinyImage();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('finds tiny in tiny, with nothing that it cannot do', async () => {
    const { facts, limits } = await probeImage(helper, 'qcow2', { helper });
    assert.deepEqual(limits, []);
    assert.equal(facts?.os, 'Labrador tiny (Debian packages)');
    assert.equal(facts?.init, 'busybox');
    assert.equal(facts?.sshServer, 'dropbear');
    assert.equal(facts?.filesystem, 'ext4');
    assert.equal(facts?.sudo, true);
    assert.equal(facts?.bios, true);
  });

  it('says what a bare system lacks', async () => {
    const raw = join(folder, 'a,b.raw');
    const tree = join(folder, 'tree');
    execFileSync('mkdir', ['-p', `${tree}/etc`, `${tree}/usr/lib`, `${tree}/sbin`]);
    await writeFile(`${tree}/usr/lib/os-release`, 'ID=bare\nPRETTY_NAME="Bare \u001b[31m 1"\n');
    execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', tree, raw, '8M']);
    const { facts, limits } = await probeImage(raw, 'raw', { helper });
    assert.equal(facts?.os, 'Bare [31m 1');
    assert.ok(limits.some((limit) => limit.startsWith('no cloud-init: Labrador cannot set its host keys')));
    assert.ok(limits.some((limit) => limit.startsWith('no SSH server')));
    assert.ok(limits.some((limit) => /^no boot loader for BIOS: .*ovmf/.test(limit)));
  });

  it('says so when there is no system', async () => {
    const raw = join(folder, 'empty.raw');
    execFileSync('mke2fs', ['-q', '-t', 'ext4', raw, '8M']);
    const { facts, limits } = await probeImage(raw, 'raw', { helper });
    assert.equal(facts?.hasRoot, false);
    assert.match(limits[0] ?? '', /no Linux system was found/);
  });

  it('gives up on a helper that does not boot', async () => {
    const raw = join(folder, 'empty.raw');
    const dead = join(folder, 'dead.qcow2');
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', dead, '1M']);
    const { facts, limits } = await probeImage(raw, 'raw', { helper: dead, timeoutMs: 2_000 });
    assert.equal(facts, undefined);
    assert.match(limits[0] ?? '', /could not be looked at/);
  });
});
