import assert from 'node:assert/strict';
import { ipmiBmc } from '../../../../modules/provisioning/ipmi/ipmi-bmc.ts';
import type { BootDevice } from '../../../../modules/provisioning/shared/bmc/bmc.ts';
import type { Metal } from '../../../../modules/provisioning/shared/metal/metal.ts';
import { audit_bmc, look_at_bmc } from '../../../../modules/provisioning/shared/metal/watch-bmc.ts';
import { exec } from '../../../../src/lib/exec.ts';
import { fakeBmc } from '../../../helpers/fake-bmc.ts';
import { type SimulatedBmc, startIpmiSim } from '../../../helpers/ipmi-sim.ts';

describe('a BMC that somebody else has changed (ipmi_sim)', function () {
  this.timeout(120_000);
  let sim: SimulatedBmc;

  before(async () => {
    sim = await startIpmiSim();
  });
  after(async () => await sim?.close());

  function metal(packetSeconds = 5): Metal {
    const bmc = ipmiBmc({ ...sim.access, cipher: 3 }, { packetSeconds });
    return { bmc, context: { signal: new AbortController().signal } } as unknown as Metal;
  }

  /** As a person who is root on its machine would; by its own network here. */
  async function ipmitool(...words: string[]): Promise<void> {
    const { host, port, username, password } = sim.access;
    const where = ['-I', 'lanplus', '-C', '3', '-H', host, '-p', String(port), '-U', username, '-E'];
    await exec('ipmitool', [...where, ...words], { env: { ...process.env, IPMI_PASSWORD: password } });
  }

  it('has the account that was made in it (req. 26)', async () => {
    const before = await audit_bmc(metal());
    assert.deepEqual(await audit_bmc(metal()), before);
    await ipmitool('user', 'set', 'name', '3', 'backdoor');
    const after = await audit_bmc(metal());
    const added = after.accounts.filter((line) => !before.accounts.includes(line));
    assert.match(added.join(), /^3 backdoor, /);
    assert.deepEqual({ ...after, accounts: before.accounts }, before);
  });

  it('starts its machine from what was set; the network is what we set ourselves (req. 26)', async () => {
    const bmc = fakeBmc();
    const boots = async (device: BootDevice) => {
      bmc.kept = { device, firmware: 'bios', lasts: 'always' };
      return (await audit_bmc({ ...metal(), bmc })).boot;
    };
    assert.deepEqual([await boots('network'), await boots('disk'), await boots('cd')], [null, null, 'cd']);
  });

  it('is looked at without anything being amiss, and says why where it does not answer (req. 15)', async () => {
    assert.deepEqual(await look_at_bmc(metal()), { power: 'off', silent: null, troubles: [] });
    await sim.close();
    const { power, silent } = await look_at_bmc(metal(1));
    assert.equal(power, 'unknown');
    assert.match(silent ?? '', /^No BMC answers IPMI at 127.0.0.1/);
  });
});
