import { ensureImage, type NewImage } from '../../../db/repositories/images.ts';
import { addPool } from '../../../db/repositories/installation.ts';
import type { Tx } from '../../../db/transaction.ts';
import { addNodes } from './add-nodes.ts';

const machines = 4;

/** The image that is built at the first start. */
export const tinyImage: NewImage = {
  name: 'tiny',
  title: 'Tiny Linux',
  description: 'A small Linux with a shell and SSH, ready within seconds. Good for a first look.',
  icon: 'terminal',
  osModule: 'linux',
  cpus: 1,
  memoryMb: 192,
  diskMb: 1024,
};

/** The same system for bare metal, whose machines have more memory than the first ones ever have: it is never loaded on those. */
export const tinyMetalImage: NewImage = {
  ...tinyImage,
  name: 'tiny-metal',
  title: 'Tiny Linux on bare metal',
  description: 'The small Linux, written to the disk of a machine of its own. Ready within a minute or two.',
  memoryMb: 1088,
};

/** The same for machines that start by UEFI alone. */
export const tinyMetalUefiImage: NewImage = {
  ...tinyMetalImage,
  name: 'tiny-metal-uefi',
  title: 'Tiny Linux on bare metal, by UEFI',
};

/** The image that `labrador image build debian` makes. */
export const debianImage: NewImage = {
  name: 'debian',
  title: 'Debian 12',
  description: 'A whole Debian with systemd, Python and git. What the archive has can be installed.',
  icon: 'debian',
  osModule: 'linux',
  cpus: 1,
  memoryMb: 768,
  diskMb: 8192,
};

/** Four machines on this computer, large enough for Debian where its memory allows. They may reach the web. */
export async function addFirstMachines(
  tx: Tx,
  installation: string,
  placeId: number,
  totalMemoryMb: number,
): Promise<void> {
  const poolId = await addPool(tx, { name: 'local', module: 'qemu', reach: 'web', placeId });
  const imageId = await ensureImage(tx, tinyImage);
  const memoryMb = memoryOfOne(totalMemoryMb);
  await addNodes(
    tx,
    installation,
    Array.from({ length: machines }, (_, i) => ({
      ...{ name: `node${i + 1}`, poolId, placeId, imageId },
      ...{ cpus: 1, memoryMb, diskMb: 10_240 },
    })),
  );
}

/** Half of the computer's memory for all of them together; 256 to 1024 MB each. */
export function memoryOfOne(totalMemoryMb: number): number {
  const share = Math.floor(totalMemoryMb / 2 / machines / 64) * 64;
  return Math.min(1024, Math.max(256, share));
}
