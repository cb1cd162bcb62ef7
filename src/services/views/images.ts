/** Images, their revisions and properties. */
import type { Members } from '../../domain/cluster.ts';
import type { ImageFormat } from '../../domain/contracts/facts.ts';
import type { Alternative } from '../../domain/errors.ts';
import type { IdleRules } from '../../domain/idle-rules.ts';
import type { Visibility } from '../../domain/may.ts';
import type { Page } from './paging.ts';

/** What a machine has. */
export interface MachineSize {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
}

/** Of several machines, the least and the most of each. */
export interface MachineSizes {
  readonly least: MachineSize;
  readonly most: MachineSize;
}

export interface ImageView {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly notes: string;
  readonly icon: string;
  readonly simulated: boolean;
  readonly revision: number | null;
  /** All machines that can run it stand where none is touched until an administrator arms the place. */
  readonly disarmed: boolean;
  /** At least so much. */
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** What the machines have that can run it; null: there is none. */
  readonly sizes: MachineSizes | null;
  readonly maxMinutes: number | null;
  /** Milliseconds until it would be ready if reserved now (P95), null when none is free now. */
  readonly readyIn: number | null;
  readonly freeNow: number;
  readonly machines: number;
  /** Machines that one has together when one reserves it: 1, or with those that come with it. */
  readonly together: number;
  /** The longest first booking this person may make of it, in minutes. */
  readonly mostMinutes: number;
  /** What the person took last time, or the usual. */
  readonly usualMinutes: number;
  /** What it takes of a course's hours, and how many are left; null: none. */
  readonly costs: { readonly course: string; readonly leftMinutes: number } | null;
  /** A limit that would refuse Start now; null when none would. */
  readonly hindrance: Hindrance | null;
}

/** Why Start would be refused. */
export interface Hindrance {
  readonly text: string;
  /** The person's own that stands in the way: "You have one: open it". */
  readonly other: Alternative | null;
}

/** What an image is and needs. */
export interface ImagePropertiesView extends IdleRules {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly icon: string;
  readonly description: string;
  readonly notes: string;
  readonly osModule: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly maxMinutes: number | null;
  readonly maxAtOnce: number | null;
  /** Whether a machine is taken back when nobody is connected for long. */
  readonly checkConnected: boolean;
  readonly owner: string | null;
  readonly visibility: Visibility;
  readonly groups: readonly string[];
  /** The number of the production revision. */
  readonly production: number | null;
  /** What was production before and can be again: *Back to v1*. */
  readonly previous: number | null;
  /** Machines that come with it. */
  readonly members: readonly MembersView[];
  readonly version: number;
}

/** Machines of one role that come with an image. */
export interface MembersView extends Members {
  readonly title: string;
}

/** An image in the library. */
export interface LibraryImageView {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly icon: string;
  readonly simulated: boolean;
  /** Null: the installation's own. */
  readonly owner: string | null;
  readonly visibility: Visibility;
  /** The number of the production revision; null while its first one is being captured. */
  readonly production: number | null;
  readonly revisions: number;
  /** On disk, all revisions together. */
  readonly bytes: number;
  /** Images whose machines it was made from; only those that the reader may see. */
  readonly basedOn: readonly ImageNameView[];
  /** Images that were made from machines of it. */
  readonly baseOf: readonly ImageNameView[];
  /** Live reservations of it. */
  readonly reservations: number;
  /** Machines that hold it. */
  readonly nodes: number;
  readonly lastLoad: number | null;
  /** Milliseconds, of its last fifty loads; null when it was never loaded. */
  readonly loadTimes: { readonly p50: number; readonly p95: number } | null;
  /** It was deleted, and its files go then; null: it was not. */
  readonly goneAt: number | null;
  readonly mayManage: boolean;
}

export interface ImageNameView {
  readonly name: string;
  readonly title: string;
}

export interface LibraryView extends Page<LibraryImageView> {
  /** How many there are on all pages, and what they take on disk. */
  readonly found: number;
  readonly bytes: number;
}

export interface GroupNameView {
  readonly id: number;
  readonly name: string;
}

export interface RevisionView {
  readonly id: number;
  readonly number: number;
  readonly format: ImageFormat;
  readonly comment: string;
  /** `tiny-v1`; null for what was built or imported. */
  readonly base: string | null;
  readonly madeBy: string | null;
  readonly createdAt: number;
  readonly sizeBytes: number;
  readonly virtualBytes: number;
  readonly sha256: string | null;
  /** Machines that hold it. */
  readonly nodes: number;
  readonly state:
    | 'capturing'
    | 'not-captured'
    | 'ready'
    | 'production'
    | 'rolling-out'
    | 'suspended'
    | 'deleted';
  readonly provenAt: number | null;
  /** Why it cannot be given to anybody, or why its capture failed. */
  readonly suspendedBecause: string | null;
  /** When its file goes; null unless it was deleted. */
  readonly goneAt: number | null;
  /** What making it production is doing, or why that stopped. */
  readonly progress: string | null;
  readonly can: {
    readonly makeProduction: boolean;
    readonly test: boolean;
    readonly remove: boolean;
    readonly restore: boolean;
  };
}
