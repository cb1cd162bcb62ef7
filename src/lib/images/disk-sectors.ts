/** Sizes on a disk that partition tables agree on. */

export const sectorBytes = 512;
/** What is held back until everything else is on the disk: both tables, and where boot loaders keep their first part. */
export const headBytes = 64 * 1024;
/** The seed's partition: one MB, as `makeSeed` writes it. */
export const seedSectors = 2048;

/** Partitions begin at whole MB. */
const alignment = 2048;

export function upToMegabyte(sector: number): number {
  return Math.ceil(sector / alignment) * alignment;
}

export function downToMegabyte(sector: number): number {
  return Math.floor(sector / alignment) * alignment;
}

/** What is written last to a disk that takes an image and its seed. */
export interface SeededDisk {
  /** The disk's first `headBytes`. */
  readonly head: Buffer;
  /** Where the seed's partition begins. */
  readonly seedSector: number;
  /** What ends the disk: the second copy of a GPT; empty where there is none. */
  readonly tail: Buffer;
}

/** What an image begins and ends with that is made of a disk with a seed. */
export interface UnseededDisk {
  readonly head: Buffer;
  /** Of the whole image. */
  readonly sectors: number;
  readonly tail: Buffer;
}
