import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BmcError } from '../../../modules/provisioning/shared/bmc/bmc-error.ts';
import { startFrom, switchOn } from '../../../modules/provisioning/shared/bmc/switch-power.ts';
import { startBmc, stopBmc } from '../../../src/cli/rack/bmc.ts';
import { throwFault } from '../../../src/cli/rack/faults.ts';
import { rackNodes } from '../../../src/cli/rack/rack-node.ts';
import { fromNetwork, mac, RackBench, signal, switching, until } from './rack-bench.ts';

describe('a machine of the rack made of software', function () {
  this.timeout(240_000);
  let bench: RackBench;
  before(async () => {
    bench = await RackBench.open();
  });
  after(() => bench?.close());

  it('is off at first, and its BMC says so', async () => {
    assert.equal(await bench.bmc().power(signal), 'off');
    assert.equal(await bench.bmc().bootOverride(signal), null);
  });

  it('starts from the network once, by the way that is its own, and from its disk after that', async () => {
    await startFrom(bench.bmc(), fromNetwork, switching);
    assert.equal(await bench.bmc().power(signal), 'on');
    await until(async () => (await bench.said()).includes('disk'));
    assert.deepEqual(bench.asked, [`/boot.ipxe?mac=${mac}`]);
    assert.equal(await bench.bmc().bootOverride(signal), null);
  });

  it('goes on when its BMC is killed, and is found again', async () => {
    const pid = await readFile(join(bench.node.folder, 'pid'), 'utf8');
    await stopBmc(bench.node);
    await assert.rejects(bench.bmc().power(signal), BmcError);
    const [found] = await rackNodes(bench.data);
    assert.deepEqual(found, bench.node);
    await startBmc(bench.node);
    await startBmc(bench.node);
    assert.equal(await bench.bmc().power(signal), 'on');
    assert.equal(await readFile(join(bench.node.folder, 'pid'), 'utf8'), pid);
  });

  it('loses its power, and can be switched on again', async () => {
    await throwFault(bench.node, 'drop-power');
    assert.equal(await bench.bmc().power(signal), 'off');
    assert.equal(await switchOn(bench.bmc(), switching), true);
    assert.equal(await bench.bmc().power(signal), 'on');
  });

  it('has a BMC that hangs, until it does no more', async () => {
    await throwFault(bench.node, 'hang-bmc');
    await assert.rejects(
      bench.bmc().power(signal),
      (error) => error instanceof BmcError && error.fault === 'unreachable',
    );
    await throwFault(bench.node, 'off');
    assert.equal(await bench.bmc().power(signal), 'on');
  });
});
