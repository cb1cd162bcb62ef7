/**
 * What a provisioning module has besides where its nodes are real machines: BMCs, disks that outlive a load, a network to
 * start from. What stands at the head of `provisioning.ts` holds for these functions too.
 */
import type { z } from 'zod';
import type { Inventory } from '../inventory.ts';
import type { BmcAudit, BmcInfo, BmcLook, BmcPolicy, CleanedDisk } from './facts.ts';
import type { PoolContext, ProvisioningContext } from './provisioning-context.ts';

/** What came of trying out one part of a machine. */
export interface InspectedPart {
  /** "Memory", "Disk vda". */
  readonly name: string;
  /** `warning`: it works, though not as somebody expects. */
  readonly result: 'fine' | 'warning' | 'failed';
  /** A sentence. */
  readonly says: string;
  /** How long it was tried; null where it was only looked at. */
  readonly seconds: number | null;
  readonly measured: { readonly what: string; readonly value: number; readonly unit: string } | null;
}

/** What a machine is made of, and what came of trying it out. */
export interface Inspected {
  readonly inventory: Inventory;
  readonly parts: readonly InspectedPart[];
}

/** A machine that started from a pool's network, whoever it is. Times are epoch milliseconds. */
export interface SeenMachine {
  /** Lower case, with colons. */
  readonly mac: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How often. */
  readonly times: number;
}

/** Each is absent where there is no such thing. */
export interface BareMetal<Schema extends z.ZodType> {
  /** True where its nodes are real machines with a BMC each, which is entered with them (`NodeFacts.hardware`). */
  readonly bareMetal?: boolean;
  /** Whether machines of a pool with these settings start from disks of their own, which an image must fit. Absent: none does. */
  ownDisks?(settings: z.output<Schema>): boolean;
  /**
   * Where a machine's disks outlive its loads: the most that cleaning them takes, in seconds. `load` then begins with it where
   * `context.node.unclean`, writes nothing to a machine that is not clean, and answers with what came of each disk. Null or absent: what
   * a load makes is new, and nobody finds anything in it.
   */
  cleanSeconds?(settings: z.output<Schema>): number | null;
  /** The same without a load: nothing is on its disks afterwards, and it is off. `node_broken` when one of them is not clean. */
  clean?(context: ProvisioningContext<z.output<Schema>>): Promise<readonly CleanedDisk[]>;
  /**
   * Asks a bare-metal machine's BMC who it is and tries out how well it is locked; changes nothing and leaves the machine alone.
   * Asked when a machine is added and when its BMC is entered anew; the core keeps the answer.
   */
  greet_bmc?(context: ProvisioningContext<z.output<Schema>>): Promise<BmcInfo>;
  /** Lights the lamp at a bare-metal machine for some minutes, so that whoever stands before the rack finds it. */
  identify?(context: ProvisioningContext<z.output<Schema>>): Promise<void>;
  /**
   * Looks at a bare-metal machine and burns it in for as long as the pool's settings say: memory, disks, network. It is off
   * afterwards; nothing is written to its disks. A part that does not pass is an answer, not an error.
   */
  inspect?(context: ProvisioningContext<z.output<Schema>>): Promise<Inspected>;
  /**
   * The machines that were seen to start from the pool's network, nodes or not, and at most a thousand of them; what they find
   * there is served when this resolves. Nothing is done to any of them.
   */
  list_seen?(context: PoolContext<z.output<Schema>>): Promise<readonly SeenMachine[]>;
  /** What somebody could have changed in a machine's BMC. Asks, and changes nothing. */
  audit_bmc?(context: ProvisioningContext<z.output<Schema>>): Promise<BmcAudit>;
  /** How a machine's BMC is. One that does not answer is an answer, not an error. */
  look_at_bmc?(context: ProvisioningContext<z.output<Schema>>): Promise<BmcLook>;
  /** How its machines' BMCs are looked at. Null or absent: they have none. */
  bmcPolicy?(settings: z.output<Schema>): BmcPolicy | null;
}
