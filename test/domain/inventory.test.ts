import assert from 'node:assert/strict';
import { type Inventory, inventoryChanges, inventoryLines } from '../../src/domain/inventory.ts';

const found: Inventory = {
  ...{ firmware: 'uefi', secureBoot: false, vendor: 'Dell Inc.', product: 'R650', serial: 'ABC1' },
  ...{ biosVersion: '1.2.3', cpu: 'Xeon', cpus: 32, memoryMb: 257_614 },
  disks: [
    { name: 'sda', sectors: 4_194_304, removable: false, rotational: true, model: 'HGST', serial: 'S1' },
  ],
  nics: [{ name: 'eth0', mac: '52:54:00:00:00:01', driver: 'igb', carrier: true, speedMbps: 1000 }],
};

describe('what a machine is made of', () => {
  it('is said in lines; what it does not tell is left out', () => {
    assert.deepEqual(
      inventoryLines({ ...found, serial: '', vendor: '' }).map(({ name, value }) => `${name}: ${value}`),
      [
        'Model: R650',
        'Firmware: UEFI 1.2.3, Secure Boot off',
        'Processor: 32 × Xeon',
        'Memory: 257614 MB',
        'Disk sda: 2048 MB, spinning, HGST, S1',
        'Network card eth0: 52:54:00:00:00:01 igb',
      ],
    );
  });

  it('has not changed where only the cable is out, or a kernel keeps another bit of the memory', () => {
    const nics = found.nics.map((nic) => ({ ...nic, carrier: false, speedMbps: null }));
    assert.deepEqual(inventoryChanges(found, { ...found, nics, memoryMb: 256_000 }), []);
  });

  it('tells which disk was changed for another, how much memory is missing, and what is new', () => {
    const [disk] = found.disks;
    const now = {
      ...found,
      memoryMb: 128_000,
      disks: disk
        ? [
            { ...disk, serial: 'S2' },
            { ...disk, name: 'sdb' },
          ]
        : [],
      nics: [],
    };
    assert.deepEqual(inventoryChanges(found, now), [
      'Memory: 257614 MB before, 128000 MB now.',
      'Disk sda: 2048 MB, spinning, HGST, S1 before, 2048 MB, spinning, HGST, S2 now.',
      'Network card eth0 is gone: 52:54:00:00:00:01 igb.',
      'Disk sdb is new: 2048 MB, spinning, HGST, S1.',
    ]);
  });
});
