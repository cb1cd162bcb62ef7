/** Test machines that are bare metal: commissioned, and seen on the network of their pool. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inspected, SeenMachine } from '../../src/domain/contracts/bare-metal.ts';
import { defineProvisioning } from '../../src/domain/contracts/provisioning.ts';
import { misbehave, testMachines } from './test-machines.ts';

const seenFile = (directory: string) => join(directory, 'seen.json');

/** A machine that is no node starts from the network of the pool. */
export function startStranger(directory: string, mac: string): void {
  mkdirSync(directory, { recursive: true });
  const stranger: SeenMachine = { mac, firstAt: 1, lastAt: 1, times: 1 };
  writeFileSync(seenFile(directory), JSON.stringify([stranger]));
}

const found: Inspected = {
  inventory: {
    ...{ firmware: 'bios', secureBoot: null, vendor: 'Test', product: 'Machine', serial: '1' },
    ...{ biosVersion: '1', cpu: 'Test', cpus: 1, memoryMb: 250, nics: [] },
    disks: [
      { name: 'vda', sectors: 2_097_152, removable: false, rotational: false, model: 'T', serial: '1' },
    ],
  },
  parts: [{ name: 'Memory', result: 'fine', says: '200 MB: no error.', seconds: 1, measured: null }],
};

export const testMetal = defineProvisioning({
  ...testMachines,
  id: 'metal',
  title: 'Test machines of bare metal',
  bareMetal: true,
  async inspect(context): Promise<Inspected> {
    await misbehave(context, 'inspect');
    return found;
  },
  list_seen({ directory }): Promise<readonly SeenMachine[]> {
    const file = seenFile(directory);
    return Promise.resolve(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SeenMachine[]) : []);
  },
});
