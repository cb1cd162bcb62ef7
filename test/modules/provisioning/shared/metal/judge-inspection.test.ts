import assert from 'node:assert/strict';
import { parseInventory } from '../../../../../modules/provisioning/shared/metal/inventory.ts';
import {
  judgeMachine,
  judgeMeasurements,
} from '../../../../../modules/provisioning/shared/metal/judge-inspection.ts';
import type { Metal } from '../../../../../modules/provisioning/shared/metal/metal.ts';
import { saidInventory } from '../../../../helpers/metal-agent.ts';

const seconds = { memory: 600, disk: 300, network: 30 };
const judged = (...lines: string[]) =>
  judgeMeasurements(lines, seconds).map(({ name, result, says }) => `${name}, ${result}: ${says}`);

describe('what came of inspecting a machine', () => {
  it('names each part that failed, with how many errors there were and the first', () => {
    assert.deepEqual(
      judged(
        'memory|900|60000|3|4|11000|FAILURE: 0x00 != 0x01 at offset 0x10',
        'disk|sda|4000|8000|30000|2|at megabyte 512: Input/output error',
        'disk|sdb|8000|8000|100|0|',
        'network|eth0|300|3000|7',
      ),
      [
        'Memory, failed: 3 errors in 900 MB: FAILURE: 0x00 != 0x01 at offset 0x10.',
        'Disk sda, failed: 4000 of 8000 MB were read, with 2 errors, the first at megabyte 512: Input/output error.',
        'Disk sdb, fine: 8000 of 8000 MB were read: no error.',
        'Network card eth0, failed: 300 MB were received, with 7 errors on the card.',
      ],
    );
  });

  it('fails closed: a part that was to be burnt in and was not is no fine one', () => {
    assert.deepEqual(judged('memory|900|0|0|127|0|not found', 'network|eth0|0|3000|0'), [
      'Memory, failed: 0 errors in 900 MB: not found.',
      'Disks, failed: It was to be burnt in, and nothing was said of it.',
      'Network card eth0, failed: Nothing was received from the image server.',
    ]);
    assert.deepEqual(judgeMeasurements([], { memory: 0, disk: 0, network: 0 }), []);
  });

  it('holds what was found against what was entered', () => {
    const node = { cpus: 4, memoryMb: 2048, diskMb: 1000 };
    const judge = (said: Parameters<typeof saidInventory>[0]) => {
      const metal = { context: { node }, hardware: { firmware: 'bios' } } as unknown as Metal;
      return judgeMachine(metal, parseInventory(saidInventory(said))).map(({ result, says }) => [
        result,
        says,
      ]);
    };
    assert.deepEqual(judge({}), [
      ['fine', 'It starts by BIOS.'],
      [
        'warning',
        '2 CPU, 2000 MB memory, 1953 MB disk. 4 CPU, 2048 MB and 1000 MB were entered: what it lacks is not counted on any more.',
      ],
    ]);
    assert.deepEqual(judge({ firmware: 'uefi' })[0], [
      'failed',
      'It starts by UEFI. BIOS was entered: correct it with the machine.',
    ]);
  });
});
