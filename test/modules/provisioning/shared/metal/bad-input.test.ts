import assert from 'node:assert/strict';
import { readJob } from '../../../../../modules/provisioning/shared/metal/jobs/job.ts';
import type { NodeFacts } from '../../../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import type { PretendMachine } from '../../../../helpers/pretend-machine.ts';
import { PretendRack } from './pretend-rack.ts';

/** What is wrong, how the node is then entered, and the sentence. What only shows on the machine itself is in its agent's tests. */
const wrong: readonly (readonly [string, (machine: PretendMachine) => Partial<NodeFacts>, RegExp])[] = [
  [
    'a wrong password of its BMC (req. 7)',
    ({ hardware }) => ({ hardware: { ...hardware, bmc: { ...hardware.bmc, password: 'wrong' } } }),
    /^The BMC at 127\.0\.0\.1:\d+ refuses the name "admin" or its password\. It is not asked again: correct them\.$/,
  ],
  [
    'an image that is larger than the disk (req. 20)',
    () => ({ diskMb: 4 }),
    /^metal\d+ has a disk of 4 MB; small-v1 needs 9 MB$/,
  ],
  [
    'an image that its firmware cannot start (req. 20)',
    ({ hardware }) => ({ hardware: { ...hardware, firmware: 'uefi' } }),
    /^metal\d+ cannot be loaded: .*UEFI.*small-v1.*BIOS/,
  ],
  [
    'no address where its SSH answers',
    ({ hardware }) => ({ hardware: { ...hardware, endpoint: null } }),
    /^metal\d+ has no address: enter where its SSH answers/,
  ],
];

describe('a load of bare metal that cannot succeed', function () {
  this.timeout(300_000);
  let rack: PretendRack;
  before(async () => {
    rack = await PretendRack.open();
  });
  after(() => rack?.close());

  for (const [what, entered, sentence] of wrong)
    it(`says what to mend, and leaves the machine as it was: ${what}`, async () => {
      const machine = await rack.machine();
      await assert.rejects(rack.load(machine, { node: entered(machine) }), (error) => {
        assert.ok(error instanceof ModuleError, String(error));
        assert.match(error.message, sentence);
        return true;
      });
      assert.deepEqual([machine.starts, machine.writes, await machine.power()], [[], 0, 'off']);
      assert.equal(await readJob(rack.directory, machine.mac), null);
    });
});
