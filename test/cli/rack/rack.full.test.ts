import assert from 'node:assert/strict';
import { startFrom, switchOff } from '../../../modules/provisioning/shared/bmc/switch-power.ts';
import { throwFault } from '../../../src/cli/rack/faults.ts';
import { fromNetwork, RackBench, switching, until } from './rack-bench.ts';

/** A firmware waits long for a network that is not there. */
describe('a machine of the rack made of software, in full', function () {
  this.timeout(240_000);
  let bench: RackBench;
  before(async () => {
    bench = await RackBench.open();
  });
  after(() => bench?.close());

  it('has no network while its cable is cut, however it is started', async () => {
    await switchOff(bench.bmc(), switching);
    const before = (await bench.said()).length;
    await throwFault(bench.node, 'cut-network');
    await startFrom(bench.bmc(), fromNetwork, switching);
    await until(async () => (await bench.said()).slice(before).includes('disk'));
    assert.deepEqual(bench.asked, []);

    await throwFault(bench.node, 'off');
    await startFrom(bench.bmc(), fromNetwork, switching);
    await until(async () => bench.asked.length > 0);
  });
});
