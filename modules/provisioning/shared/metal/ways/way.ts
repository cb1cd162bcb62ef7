/** How an image comes to a machine: written to its disk, or served to it from here as long as it has it. */
import type { Firmware, RevisionFacts } from '../../../../../src/domain/contracts/facts.ts';
import type { SeedFiles } from '../../../../../src/lib/images/seed.ts';
import type { Inventory } from '../inventory.ts';
import type { JobBase } from '../jobs/job-base.ts';
import type { Job } from '../jobs/kinds.ts';
import type { Metal } from '../metal.ts';

/** What a job is told by the load that it is for. */
export type JobOfLoad = Omit<JobBase, 'id'> & { readonly seed: SeedFiles };

/** A machine's disk, as it lies here. */
export interface ReadDisk {
  /** Raw and sparse, without a seed. */
  readonly file: string;
  /** Of 512 bytes. */
  readonly sectors: number;
  /** What its system has drivers for. */
  readonly machine: Pick<Inventory, 'firmware' | 'disks' | 'nics'>;
}

export interface Way {
  readonly action: Job['action'];
  /** For the page, when its agent is through: "starting from its disk". */
  readonly starting: string;
  /**
   * Judges from what is known whether the image can be loaded, and makes ready what it needs; the machine is not touched.
   * Answers with what writes the job of a machine that is off. Throws as `load` does.
   */
  prepare(metal: Metal, revision: RevisionFacts): Promise<(job: JobOfLoad) => Promise<void>>;
  /** Starts the machine, which is off or is switched off, so that its agent does the job. */
  startAgent(metal: Metal): Promise<void>;
  /** Bytes that its agent writes; undefined where it writes none. */
  writes(job: Job): number | undefined;
  /** Its agent did not do the job. */
  failed(job: Job, error: unknown): Promise<void>;
  /** The machine is loaded: what it needs no more goes. */
  loaded(metal: Metal): Promise<void>;
  /** Starts the machine, which is off or is switched off, from what was loaded. */
  start(metal: Metal): Promise<void>;
  /** How another machine would start what is on its disk. `unsupported` where none could. */
  startedBy(metal: Metal): Promise<Firmware>;
  /** What is on the disk of a machine that has shut down, as a file in `work`. Nothing is written to that disk. */
  read(metal: Metal, work: string): Promise<ReadDisk>;
  /** What the machine needs of us while it is on is there. */
  isServed(metal: Metal): Promise<boolean>;
  /** The machine is off and nothing is loaded on it any more: its BMC is left as it was found. */
  unloaded(metal: Metal): Promise<void>;
}
