import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provisioning } from '../../../../modules/provisioning/registry.ts';
import type { Reach } from '../../../../src/domain/contracts/facts.ts';
import type { PoolCheck } from '../../../../src/domain/contracts/provisioning.ts';
import { freePort } from '../../../helpers/free-port.ts';
import { nodeFacts } from '../../../helpers/module-context.ts';

const { qemu } = provisioning;

describe('qemu: what Test finds of a pool', function () {
  this.timeout(120_000);
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'labrador-check-'));
  });
  after(() => rm(directory, { recursive: true }));

  async function check(settings: object, over: { reach?: Reach; directory?: string; nodes?: number } = {}) {
    const nodes = Array.from({ length: over.nodes ?? 2 }, (_, n) =>
      nodeFacts({ id: n + 1, name: `n${n + 1}` }),
    );
    return qemu.check_pool({
      installation: 'test',
      directory: over.directory ?? directory,
      settings: qemu.settings.parse({ accelerator: 'tcg', ...settings }),
      signal: new AbortController().signal,
      reach: over.reach ?? 'none',
      nodes,
    });
  }
  const the = (checks: readonly PoolCheck[], name: string) => {
    const found = checks.find((one) => one.name === name);
    assert.ok(found, `${name} is not among ${checks.map((one) => one.name).join(', ')}`);
    return found;
  };

  it('runs a machine for a moment, and finds room and ports for as many as there are', async () => {
    const port = await freePort();
    const checks = await check({ portFrom: port, portTo: port + 1 });
    assert.match(the(checks, 'QEMU').says, /QEMU \d+[.]\d+/);
    assert.deepEqual([the(checks, 'Processors').result, the(checks, 'Ports').result], ['fine', 'fine']);
    assert.match(the(checks, 'Disk').says, /are free; the disks of its 2 machines/);
    // people elsewhere could not connect: that is said, not hidden
    assert.equal(the(checks, 'What people are told').result, 'warning');
    assert.deepEqual(await readdir(directory), []);
  });

  it('names a processor that does not exist, a firmware that is not there, and a folder it may not write', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const checks = await check(
      { cpu: 'pentium9', firmware: '/nowhere/bios' },
      { directory: join(file, 'pool') },
    );
    assert.match(the(checks, 'Processors').says, /pentium9/);
    assert.match(the(checks, 'Firmware').says, /nowhere/);
    assert.equal(the(checks, 'Disk').result, 'wrong');
    await rm(file);
  });

  it('names a bridge that is missing, what would be reached against the rules, and machines without an address', async () => {
    const bridge = { network: 'bridge', bridge: 'nobridge9' };
    const checks = await check({ ...bridge, userAddress: 'static', addresses: 'n1=192.0.2.7' });
    const { result, says, mend } = the(checks, 'Bridge nobridge9');
    assert.equal(result, 'wrong');
    assert.match(says, /no network bridge nobridge9/);
    assert.match(mend ?? '', /ip link add nobridge9/);
    assert.equal(the(checks, 'What machines reach').result, 'wrong');
    assert.match(the(checks, 'Addresses').says, /none for n2[.]/);
    const fitting = await check({ ...bridge, userAddress: 'dhcp' }, { reach: 'everything' });
    assert.ok(!fitting.some(({ name }) => name === 'What machines reach'));
  });

  it('names an address that is not of this computer, and too few ports', async () => {
    const elsewhere = await check({ bindAddress: '192.0.2.7', publicAddress: 'no.such.name.invalid' });
    assert.match(the(elsewhere, 'Ports').says, /cannot listen on 192[.]0[.]2[.]7/);
    assert.match(the(elsewhere, 'What people are told').says, /no such name|no[.]such[.]name[.]invalid/);
    const few = await check({ portFrom: 22_000, portTo: 22_001 }, { nodes: 3 });
    assert.match(the(few, 'Ports').says, /2 ports .* for 3 machines/);
  });
});
