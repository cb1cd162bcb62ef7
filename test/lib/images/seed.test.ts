import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { proxyPaths, proxyScript } from '../../../src/lib/images/proxy-files.ts';
import { machineId, seedFiles } from '../../../src/lib/images/seed.ts';
import { testIdentity } from '../../helpers/test-identity.ts';

const proxy = 'http://10.0.2.100:3128';

describe('lib/images/seed', () => {
  it('gives cloud-init the identity', () => {
    const identity = testIdentity({ instanceId: 'lab-n7-l3', hostname: 'node7' });
    const files = seedFiles(identity);
    assert.deepEqual(JSON.parse(files['meta-data'] ?? ''), {
      'instance-id': 'lab-n7-l3',
      'local-hostname': 'node7',
    });
    const [head = '', ...rest] = (files['user-data'] ?? '').split('\n');
    assert.equal(head, '#cloud-config');
    const config = JSON.parse(rest.join('\n'));
    assert.equal(config.ssh_keys.ed25519_private, identity.hostKeys[0]?.private);
    assert.deepEqual(config.users[0].ssh_authorized_keys, [identity.managementPublicKey]);
  });

  it('gives tiny the same identity', () => {
    const identity = testIdentity();
    const files = seedFiles(identity);
    assert.equal(files['tiny/machine-id'], `${machineId(identity.instanceId)}\n`);
    assert.equal(files['tiny/authorized_keys'], `${identity.managementPublicKey}\n`);
    assert.doesNotMatch(files['tiny/proxy'] ?? '', /http_proxy=/);
  });

  it('names the cards where there are more than one', () => {
    assert.equal(seedFiles(testIdentity())['network-config'], undefined);
    const files = seedFiles(testIdentity({ cards: ['52:54:00:00:00:01', '56:54:00:00:00:01'] }));
    assert.deepEqual(JSON.parse(files['network-config'] ?? ''), {
      version: 2,
      ethernets: {
        card0: { match: { macaddress: '52:54:00:00:00:01' }, dhcp4: true },
        card1: { match: { macaddress: '56:54:00:00:00:01' }, dhcp4: true },
      },
    });
  });

  it('refuses what would break out of a line', () => {
    const wrong = { hostname: 'a\nb', instanceId: 'x y', rootPasswordHash: 'a|b', proxy: "http://x'y" };
    for (const [name, value] of Object.entries(wrong)) {
      assert.throws(() => seedFiles(testIdentity({ [name]: value })), RangeError);
    }
  });

  it('draws another machine id for another instance', () => {
    assert.match(machineId('a'), /^[0-9a-f]{32}$/);
    assert.notEqual(machineId('a'), machineId('b'));
  });
});

describe('lib/images/make-seed', () => {
  it('writes a disk that its owner alone can read, and nothing beside it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'labrador-seed-'));
    try {
      const files = seedFiles(testIdentity({ proxy }));
      await makeSeed(join(folder, 'seed'), files);
      assert.deepEqual(await readdir(folder), ['seed']);
      assert.equal(statSync(join(folder, 'seed')).mode & 0o777, 0o600);
      for (const [path, content] of Object.entries(files)) {
        const read = execFileSync('mcopy', ['-i', join(folder, 'seed'), `::${path}`, '-'], {
          encoding: 'utf8',
        });
        assert.equal(read, content);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('lib/images/proxy-files', () => {
  let root: string;
  const at = (path: string) => join(root, path);
  const runIn = (script: string) =>
    execFileSync('sh', [
      '-c',
      proxyPaths
        .reduce((text, path) => text.replaceAll(path, at(path)), script)
        .replaceAll('[ -d /etc', `[ -d ${root}/etc`),
    ]);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'labrador-proxy-'));
    execFileSync('mkdir', ['-p', at('/etc/profile.d'), at('/etc/apt/apt.conf.d')]);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('writes the files of programs that are there, and takes them away for a machine without a proxy', () => {
    runIn(proxyScript(proxy));
    assert.match(
      readFileSync(at('/etc/apt/apt.conf.d/90labrador-proxy'), 'utf8'),
      /"http:\/\/10\.0\.2\.100:3128"/,
    );
    assert.equal(existsSync(at('/etc/sudoers.d/labrador-proxy')), false);
    runIn(proxyScript(undefined));
    assert.equal(existsSync(at('/etc/apt/apt.conf.d/90labrador-proxy')), false);
  });

  it('leaves what a person wrote alone, before and after', () => {
    writeFileSync(at('/etc/gitconfig'), '[user]\n\tname = Ann\n');
    writeFileSync(at('/etc/environment'), 'LANG=C\n');
    runIn(proxyScript(proxy));
    writeFileSync(at('/etc/environment'), 'EDITOR=vi\n', { flag: 'a' });
    runIn(proxyScript(proxy));
    const environment = readFileSync(at('/etc/environment'), 'utf8');
    assert.equal(environment.match(/^https_proxy=http:\/\/10\.0\.2\.100:3128$/gm)?.length, 1);
    runIn(proxyScript(undefined));
    assert.equal(readFileSync(at('/etc/gitconfig'), 'utf8'), '[user]\n\tname = Ann\n');
    assert.equal(readFileSync(at('/etc/environment'), 'utf8'), 'LANG=C\nEDITOR=vi\n');
  });
});
