/**
 * Read-only copies of what modules are told about (design, section 1 for the words). A module never sees a database row
 * and cannot change one: what it finds out it returns.
 */
import type { NodeState, OutFor, PowerState } from '../states.ts';

/** How a machine is reached over SSH: by the daemon (management) or by its person (user). */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface NodeFacts {
  readonly id: number;
  readonly name: string;
  readonly state: NodeState;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly mac: string;
  /** The load the node runs, 0 before the first. Artefacts are named `<installation>-n<node>-l<load>`. */
  readonly load: number;
  /** When that load was begun. */
  readonly loadBeganAt: number | null;
  /** What the control plane knows to be loaded. The guest's own word is never enough: its root could lie. */
  readonly revisionId: number | null;
  /** True once somebody could have logged in to it since it was loaded. */
  readonly tainted: boolean;
  /** Wanted out of service: nothing begins on it any more. */
  readonly outFor: OutFor | null;
  /** Somebody's bytes may lie on its disks: since it was added, or somebody could log in, until a cleaning has succeeded. */
  readonly unclean: boolean;
  /** As it was seen last. */
  readonly power: PowerState;
  /** To be loaded anew after whoever has it. */
  readonly reloadAsked: boolean;
  readonly management: Endpoint | null;
  readonly user: Endpoint | null;
  /** Public SSH host keys of this load, `ssh-ed25519 AAAA...`, made by us and pinned. */
  readonly hostKeys: readonly string[];
  /** What a bare-metal machine is reached and switched by: in module contexts alone, and null where its module makes it. */
  readonly hardware: NodeHardware | null;
}

export const firmwares = ['bios', 'uefi'] as const;
/** How a machine starts what is on its disk. */
export type Firmware = (typeof firmwares)[number];

/** A bare-metal machine, as it was entered and as it was found. The password is here inside module contexts alone. */
export interface NodeHardware {
  readonly bmc: BmcAccess;
  readonly firmware: Firmware;
  /** Where the machine's own SSH answers once it is loaded; null where that is not known yet. */
  readonly endpoint: Endpoint | null;
  /** What its agent found in it; null before it did. */
  readonly inventory: Readonly<Record<string, unknown>> | null;
}

/** How a machine's BMC is reached, and what was learnt of it. */
export interface BmcAccess {
  readonly host: string;
  /** Null: the usual one of its protocol (IPMI 623, Redfish 443). */
  readonly port: number | null;
  readonly username: string;
  /** Plain. Never logged, never in an answer, never in argv. */
  readonly password: string;
  /** IPMI: the cipher suite it speaks, 17 or 3; null until that was found out. */
  readonly cipher: number | null;
  /** Redfish: SHA-256 of its certificate, lower-case hex; null until one was seen. */
  readonly fingerprint: string | null;
}

/** What came of a disk when the machine was cleaned. */
export interface CleanedDisk {
  /** `nvme0n1`. */
  readonly name: string;
  readonly model: string;
  readonly serial: string;
  readonly bytes: number;
  /** `left`: it is none of the machine's own, and was left alone. */
  readonly result: 'clean' | 'left' | 'failed';
  /** In words: "overwritten", "format, erasing its blocks". Empty where nothing was done. */
  readonly method: string;
  readonly seconds: number;
  /** Why, in a clause, where it is not clean; empty where it is. */
  readonly says: string;
}

/** What a BMC says of itself. Null where it does not say. */
export interface BmcInfo {
  readonly manufacturer: string | null;
  readonly product: string | null;
  /** The version of its own program. */
  readonly version: string | null;
  /** How it was spoken with, in words for pages: "IPMI 2.0, cipher suite 3", "Redfish 1.15.0". */
  readonly protocol: string;
  /** What is amiss with it though it works, in sentences: "It lets anybody in without a password (cipher suite 0)." */
  readonly warnings: readonly string[];
  /** What the core keeps with the node, for the next time to begin with: see `BmcAccess`. */
  readonly learnt: Pick<BmcAccess, 'cipher' | 'fingerprint'>;
}

/** What somebody who was root on a machine could have changed in its BMC: compared before anybody else is given it. */
export interface BmcAudit {
  /** A line for each account: "2 admin, ADMINISTRATOR, enabled". */
  readonly accounts: readonly string[];
  /** What the machine would start from instead of its disk or the network; null: nothing else. */
  readonly boot: string | null;
  /** Of the BMC's own program; null where it does not say. */
  readonly version: string | null;
}

/** How a BMC is. */
export interface BmcLook {
  readonly power: PowerState;
  /** Why it does not answer, in a sentence; null when it does. */
  readonly silent: string | null;
  /** What it says is amiss with the machine, in sentences: "Fan 2: 0 RPM (critical)". */
  readonly troubles: readonly string[];
}

/** How often a pool's BMCs are looked at, and what becomes of a machine whose power somebody else has switched. */
export interface BmcPolicy {
  readonly everySeconds: number;
  /** `observe`: it is kept as it is found. `enforce`: an idle machine is switched back. */
  readonly power: 'observe' | 'enforce';
}

export interface RevisionFacts {
  readonly id: number;
  readonly imageId: number;
  readonly imageName: string;
  readonly number: number;
  /** `qcow2`, `raw` or `simulated`: a pool's module says which it loads. */
  readonly format: ImageFormat;
  /** Absolute path on the place's disk; empty for `simulated`. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly virtualBytes: number;
  /** Of the file, in hex, as it was kept; null where none was made. */
  readonly sha256: string | null;
  readonly osModule: string;
  /** What was found out about the system inside when it was built or imported. */
  readonly system: SystemFacts;
}

export type ImageFormat = 'qcow2' | 'raw' | 'simulated';

/** What an image needs of a machine of its own. Absent means not known, or that none could start it. */
export interface StartFacts {
  /** The kinds of firmware that can start it. */
  readonly startsBy?: readonly Firmware[];
  /** MB of the smallest disk that holds it with its seed. */
  readonly ownDiskMb?: number;
}

/** What a system inside an image has. Absent means not known. */
export interface SystemFacts extends StartFacts {
  readonly osName?: string;
  readonly init?: string;
  readonly packageManager?: string;
  readonly hasSudo?: boolean;
  readonly hasCloudInit?: boolean;
  readonly sshServer?: string;
  /** Sentences: what Labrador cannot do with this image, and why. */
  readonly limits?: readonly string[];
}

export interface PoolFacts {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  /** `none`: nothing; `web`: HTTP and HTTPS through the gateway's proxy; `everything`: bridge only. */
  readonly reach: Reach;
}
export const reaches = ['none', 'web', 'everything'] as const;
export type Reach = (typeof reaches)[number];

/** The secrets of one load, made by the core before the load begins and kept encrypted. Never logged, never in argv. */
export interface LoadSecrets {
  /** OpenSSH private key of the management account (root). */
  readonly managementKey: string;
  readonly managementPublicKey: string;
  readonly rootPassword: string;
  readonly hostKeys: readonly { readonly type: string; readonly private: string; readonly public: string }[];
}

/** An account of a person on a machine. */
export interface AccountFacts {
  readonly username: string;
  readonly password: string;
  /** The person's own public SSH keys. */
  readonly sshKeys: readonly string[];
  /** May become root. */
  readonly root: boolean;
}
