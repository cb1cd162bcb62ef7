/**
 * What a provisioning module must be: code that can load, capture and power a kind of node.
 *
 * The eight function names are Apache VCL's (VCL "Provisioning Engine Module Interface Specification"); `power_status`
 * is the ninth, because the core verifies what a module claims, `check_pool` the tenth: what *Test* asks. Every function
 * - is idempotent: called twice it ends in the same place as called once;
 * - stops soon after `context.signal` aborts and rejects with `signal.reason`;
 * - throws `ModuleError` and nothing else: anything else is recorded as a defect of the module.
 * Modules are reachable from state modules and OS modules alone.
 */
import type { z } from 'zod';
import type { Inventory } from '../inventory.ts';
import type { PowerState } from '../states.ts';
import type { BareMetal } from './bare-metal.ts';
import type {
  CleanedDisk,
  Endpoint,
  ImageFormat,
  NodeFacts,
  RevisionFacts,
  StartFacts,
  SystemFacts,
} from './facts.ts';
import type { PoolCheckContext, PoolContext, ProvisioningContext } from './provisioning-context.ts';

/**
 * READY: the wanted revision runs, reachable, untouched, post-load done. POST_LOAD: only post-load is missing.
 * RELOAD: anything else (VCL Provisioning.pm node_status).
 */
export interface NodeStatus {
  readonly status: 'READY' | 'POST_LOAD' | 'RELOAD';
  readonly power: PowerState;
  /** The management endpoint answers. */
  readonly reachable: boolean;
  /** `imageName-vN`, as get_current_image says. */
  readonly currentImage: string | null;
  /** Why the status is what it is, in words. */
  readonly reason: string;
}

/** What a load found out about the node; kept by the core. */
export interface Loaded {
  /** False when everything was already so (nothing was done). */
  readonly changed: boolean;
  /** How the daemon reaches the machine; null where there is no machine to reach. */
  readonly management: Endpoint | null;
  /** What came of each disk, where it was cleaned on the way; a load that fails after it has this in its error's facts. */
  readonly cleaned?: readonly CleanedDisk[];
  /** What the machine was found to be made of on the way. */
  readonly inventory?: Inventory;
}

export interface Captured {
  readonly changed: boolean;
  readonly file: string;
  readonly format: ImageFormat;
  readonly sizeBytes: number;
  readonly virtualBytes: number;
  readonly sha256: string;
  /** Added by the core. */
  readonly start?: StartFacts;
}

/** An artefact on the backend that carries our prefix, or looks like ours but is not. */
export interface Artefact {
  readonly name: string;
  readonly installation: string | null;
  readonly nodeId: number | null;
  readonly load: number | null;
  /** What it is, in words: "running guest", "disk", "socket directory". */
  readonly what: string;
}

/** Where a machine's console can be read: a unix socket, and the file that keeps what was said. */
export interface ConsoleAccess {
  readonly socket: string | null;
  readonly logFile: string;
}

export interface ProvisioningModule<Schema extends z.ZodType = z.ZodType> extends BareMetal<Schema> {
  readonly id: string;
  readonly title: string;
  /** Parses a pool's settings; draws the admin form. Every setting has a default and a description. */
  readonly settings: Schema;
  /** Image formats that it loads. */
  readonly formats: readonly ImageFormat[];
  /** What it declares until the first was measured, in seconds: how long a load of such a system and a reclaim take. */
  readonly estimates: { loadSeconds(system: SystemFacts): number; readonly reclaimSeconds: number };
  /** True where there is no real machine behind a node: pages and answers say so. */
  readonly simulated?: boolean;
  /** False where machines cannot be saved as images: nobody is offered it, and `capture` is `unsupported`. True unless told. */
  readonly captures?: boolean;
  /**
   * How many machines of a pool may be loaded at the same time, by its settings; null, as where it is absent: they start on
   * this host and share its cores.
   */
  loadsAtOnce?(settings: z.output<Schema>): number | null;

  /** Asks and changes nothing; at most 30 s. Unreachable is RELOAD, not an error; `retry` when the backend itself is unusable. */
  node_status(context: ProvisioningContext<z.output<Schema>>): Promise<NodeStatus>;
  /**
   * Puts `context.revision` on the node, replacing whatever was there, boots it and waits until the management endpoint
   * answers. Does not call post_load: the core does. `unsatisfiable` when the revision does not exist or cannot fit,
   * `node_broken` for hardware, `retry` for what may pass; what it had made is removed before it throws.
   */
  load(context: ProvisioningContext<z.output<Schema>>): Promise<Loaded>;
  /**
   * Saves the node's disk as `target` (written under a temporary name, checksummed, renamed). Calls the OS module's
   * pre_capture itself, on a copy of the disk, and waits for the whole process. The node must be on and is left off; power_on
   * and power_reset start it again from its own disk, as its person left it, whether the capture succeeded or not.
   */
  capture(context: ProvisioningContext<z.output<Schema>>, target: { file: string }): Promise<Captured>;
  /** The power as read from the backend. */
  power_status(context: ProvisioningContext<z.output<Schema>>): Promise<PowerState>;
  /** Switches on from the node's own disk. `changed: false` and no command when it is on already. */
  power_on(context: ProvisioningContext<z.output<Schema>>): Promise<Loaded>;
  /** Hard off. True when something was done. */
  power_off(context: ProvisioningContext<z.output<Schema>>): Promise<boolean>;
  /** A reset was observed; ends switched on, from the node's own disk. */
  power_reset(context: ProvisioningContext<z.output<Schema>>): Promise<Loaded>;
  /** `imageName-vN` as the backend knows it (not the guest), null when nothing is loaded. */
  get_current_image(context: ProvisioningContext<z.output<Schema>>): Promise<string | null>;
  /** Bytes on the image library's disk. `unsatisfiable` when the revision does not exist: 0 never means missing. */
  get_image_size(context: ProvisioningContext<z.output<Schema>>): Promise<number>;
  /**
   * Tries out what the pool needs: programs, devices, networks, addresses, room. Touches no machine and leaves nothing behind;
   * at most 60 s. What is amiss is an answer, not an error. At least one check, and none that was not really made.
   */
  check_pool(context: PoolCheckContext<z.output<Schema>>): Promise<readonly PoolCheck[]>;
  /**
   * What `check_pool` tries of the network that the pool's machines start from, and nothing else: no BMC is asked. Every check has its
   * `part`; none at all where its machines start without one.
   */
  check_network?(context: PoolCheckContext<z.output<Schema>>): Promise<readonly PoolCheck[]>;
  /** How often that is done by itself, in seconds. Absent: its machines start from no network. */
  networkSeconds?(settings: z.output<Schema>): number;

  /** Removes everything that `context.node` has on the backend: guest, disk, sockets. Absent: power_off. */
  unload?(context: ProvisioningContext<z.output<Schema>>): Promise<void>;
  /**
   * Where its person reaches the machine by an address of its own; null where the pool forwards a port. `retry` while it has
   * none yet. It is learnt from the machine, whose root may lie: nothing but what its own person is shown comes of it.
   */
  user_endpoint?(context: ProvisioningContext<z.output<Schema>>): Promise<Endpoint | null>;
  /** Opens a forwarded way for its person, from `endpoint` to the machine's SSH port. Twice is once. */
  open_forward?(context: ProvisioningContext<z.output<Schema>>, endpoint: Endpoint): Promise<void>;
  /** Closes it, and cuts what goes through it. */
  close_forward?(context: ProvisioningContext<z.output<Schema>>, endpoint: Endpoint): Promise<void>;
  /** The addresses from which connections through a forwarded way stand at this moment, as this computer sees them. */
  connections?(
    context: ProvisioningContext<z.output<Schema>>,
    endpoint: Endpoint,
  ): Promise<readonly string[]>;
  /**
   * Joins the machine to a network that is there for the machines of one reservation and for nothing else; answers with the hardware
   * address of its card there, whose addresses are the core's business. Twice is once, and mends what a restart has undone. It is gone
   * with the first machine's load. Absent: machines that are had together meet where their pool's network lets them.
   */
  join_network?(context: ProvisioningContext<z.output<Schema>>, network: SharedNetwork): Promise<string>;
  console?(context: ProvisioningContext<z.output<Schema>>): Promise<ConsoleAccess>;
  /** The unix socket that a machine's way to the web ends at, for the gateway's proxy to listen on; null when it has none. */
  proxy_socket?(context: ProvisioningContext<z.output<Schema>>): Promise<string | null>;
  /** Every artefact the backend has under `directory`, ours and others'. */
  list_artefacts?(context: PoolContext<z.output<Schema>>): Promise<readonly Artefact[]>;
  /** Removes one artefact. `refused` when it is not of this installation. */
  remove_artefact?(context: PoolContext<z.output<Schema>>, artefact: Artefact): Promise<void>;
}

/** The network of machines that are had together, all of one pool. */
export interface SharedNetwork {
  /** The first of them: it stands for all. */
  readonly lead: Pick<NodeFacts, 'id' | 'load'>;
  /** Which of them this machine is, from 0 on, and how many they are. */
  readonly port: number;
  readonly ports: number;
}

/** One thing that was tried of a pool. */
export interface PoolCheck {
  /** What, in a word or three: "Bridge br0". */
  readonly name: string;
  /** `warning`: it works, though perhaps not as somebody expects. */
  readonly result: 'fine' | 'warning' | 'wrong';
  /** What was found, in a sentence. */
  readonly says: string;
  /** How to mend it; null where it is fine. */
  readonly mend: string | null;
  /** Of the way that a machine takes to start from the network: which part of it, and who answered there. */
  readonly part?: NetworkPart;
  readonly by?: string;
}

/** What a machine that starts from the network meets, in that order: `machine` is its card and this computer's, `images` what is served. */
export const networkParts = ['machine', 'dhcp', 'tftp', 'http', 'images', 'route'] as const;
export type NetworkPart = (typeof networkParts)[number];

/** What web and services see of a module: never a function that powers or loads. */
export type ModuleDescriptor = Pick<
  ProvisioningModule,
  | 'id'
  | 'title'
  | 'settings'
  | 'formats'
  | 'estimates'
  | 'simulated'
  | 'captures'
  | 'bareMetal'
  | 'ownDisks'
  | 'networkSeconds'
  | 'loadsAtOnce'
>;

/** Gives a module its types from its schema. */
export function defineProvisioning<Schema extends z.ZodType>(
  module: ProvisioningModule<Schema>,
): ProvisioningModule<Schema> {
  return module;
}

/** `tiny-v3`: how a revision is written in currentimage.txt and on pages. */
export function revisionName(revision: Pick<RevisionFacts, 'imageName' | 'number'>): string {
  return `${revision.imageName}-v${revision.number}`;
}

/** The name of what a load makes outside: disks, sockets, files, accounts (design, section 4). */
export function artefactName(installation: string, node: Pick<NodeFacts, 'id' | 'load'>): string {
  return `${installation}-n${node.id}-l${node.load}`;
}

/** The parts of an artefact's name; null when it is none of ours, of any installation. */
export function parseArtefactName(
  name: string,
): { readonly installation: string; readonly nodeId: number; readonly load: number } | null {
  const [, installation, node, load] = /^(.+)-n(\d+)-l(\d+)$/.exec(name) ?? [];
  if (installation === undefined) return null;
  return { installation, nodeId: Number(node), load: Number(load) };
}
