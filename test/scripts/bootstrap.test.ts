import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compile, imageDebian, imageTiny, rack, run, test } from '../../scripts/debian-packages.mjs';
import { commandSentence, missingPackages, programsSentence } from '../../scripts/ensure-debian.mjs';
import { nodeComplaint } from '../../scripts/ensure-node.mjs';
import { nodeHeaders, packagesDiffer } from '../../scripts/ensure-packages.mjs';

const none = (): boolean => false;

describe('scripts/ensure-node', () => {
  const range = '^20.19.0 || ^22.12.0 || >=24';

  for (const version of ['20.19.0', '20.20.2', '22.12.1', '24.0.0', '25.3.0']) {
    it(`takes ${version}`, () => assert.equal(nodeComplaint(version, range), undefined));
  }

  for (const version of ['18.20.4', '20.18.9', '21.7.0', '22.11.0', '23.9.0']) {
    it(`refuses ${version} in one sentence that names both`, () => {
      const complaint = nodeComplaint(version, range) ?? '';
      assert.match(
        complaint,
        new RegExp(`this is Node ${version.replaceAll('.', '\\.')}, and Labrador needs`),
      );
      assert.ok(complaint.includes(range));
    });
  }

  it('says so when engines holds a form it does not know', () => {
    assert.throws(() => nodeComplaint('20.0.0', '~20.1'), /engines\.node has ~20\.1/);
  });
});

describe('scripts/ensure-packages', () => {
  const entry = { version: '1.0.0', integrity: 'sha512-a' };
  const locked = { '': {}, 'node_modules/a': entry, 'node_modules/b': { ...entry, optional: true } };

  it('installs when there are no node_modules', () => assert.equal(packagesDiffer(locked, undefined), true));
  it('is content with what the lock asks for, optional packages aside', () => {
    assert.equal(packagesDiffer(locked, { 'node_modules/a': entry }), false);
  });
  it('installs when a package is missing, of another version, another content, or not asked for', () => {
    for (const installed of [
      {},
      { 'node_modules/a': { ...entry, version: '1.0.1' } },
      { 'node_modules/a': { ...entry, integrity: 'sha512-b' } },
      { 'node_modules/a': entry, 'node_modules/c': entry },
    ]) {
      assert.equal(packagesDiffer(locked, installed), true, JSON.stringify(installed));
    }
  });

  it("points node-gyp at Node's own headers only where they are", () => {
    const has = (path: string): boolean => path === '/opt/node/include/node/node.h';
    assert.equal(nodeHeaders('/opt/node/bin/node', has), '/opt/node');
    assert.equal(nodeHeaders('/usr/bin/node', has), undefined);
  });
});

describe('scripts/ensure-debian', () => {
  const wanted = { 'qemu-utils': ['qemu-img'], socat: ['socat'], firmware: [] };

  it('finds what dpkg does not have installed', () => {
    const output = 'installed qemu-utils\nconfig-files socat\n';
    assert.deepEqual(missingPackages(wanted, output, none), ['firmware', 'socat']);
  });
  it('finds nothing when all is installed', () => {
    const output = 'installed qemu-utils\ninstalled socat\ninstalled firmware\n';
    assert.deepEqual(missingPackages(wanted, output, none), []);
  });
  it('takes a program for its package, whoever put it there', () => {
    assert.deepEqual(
      missingPackages(wanted, '', (program) => program === 'socat'),
      ['firmware', 'qemu-utils'],
    );
  });
  it('prints the exact command for somebody who may not install', () => {
    assert.equal(
      commandSentence(['socat', 'xorriso'], 'to run the tests'),
      'these Debian packages are needed to run the tests. Install them and run this again:\n' +
        '  sudo apt-get install --yes --no-install-recommends socat xorriso',
    );
  });
  it('names the programs where there is no apt-get', () => {
    const sentence = programsSentence(wanted, ['firmware', 'qemu-utils'], 'to run guests');
    assert.match(sentence, /qemu-img \(Debian's qemu-utils\)/);
    assert.match(sentence, /firmware \(Debian's firmware\)/);
  });
  it('has package names alone in its lists', () => {
    for (const name of [run, imageTiny, rack, imageDebian, test, compile].flatMap((list) =>
      Object.keys(list),
    )) {
      assert.match(name, /^[a-z0-9][a-z0-9.+-]+$/);
    }
  });
});
