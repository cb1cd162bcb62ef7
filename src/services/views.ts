/** What services answer with: plain values for pages and the API. Times are epoch milliseconds, never rows, never secrets. */
import type { ImageFormat, Reach } from '../domain/contracts/facts.ts';
import type { Alternative } from '../domain/errors.ts';
import type { Limits } from '../domain/limits.ts';
import type { Person, Visibility } from '../domain/may.ts';
import type { AllocationPurpose, NodeState, OutFor, PowerState, ReservationState } from '../domain/states.ts';

/** Somebody who is signed in, by session or by token. */
export interface SignedIn extends Person {
  readonly displayName: string;
  readonly email: string | null;
  readonly timeZone: string | null;
  readonly limits: Limits;
  readonly mustChangePassword: boolean;
}

/** What was begun: the task that does it, and the image and revision that it makes. */
export interface CaptureBegun {
  readonly reservationId: number;
  readonly taskId: number;
  readonly image: { readonly id: number; readonly name: string; readonly title: string };
  readonly revision: number;
}

/** One of the five steps of getting a machine, as the page draws them. */
export interface StepView {
  readonly id: 'booked' | 'assigned' | 'loading' | 'booting' | 'ready';
  readonly title: string;
  readonly state: 'done' | 'now' | 'todo' | 'failed';
  /** How long it took, or has taken so far. */
  readonly seconds: number | null;
}

/** A machine that is being saved as an image. */
export interface CaptureView {
  readonly image: ImageNameView;
  readonly revision: number;
  /** Its person goes on with it afterwards. */
  readonly goesOn: boolean;
  /** Why it did not succeed: the machine and its disk are kept until somebody decides. */
  readonly failure: string | null;
  readonly steps: readonly { readonly title: string; readonly state: StepView['state'] }[];
  /** 0..1 of the step under way, where that is known. */
  readonly fraction: number | null;
}

export interface ReservationView {
  readonly id: number;
  readonly state: ReservationState;
  readonly image: {
    readonly id: number;
    readonly name: string;
    readonly title: string;
    readonly icon: string;
  };
  readonly user: { readonly id: number; readonly name: string };
  readonly start: number;
  readonly end: number;
  readonly minutes: number;
  readonly createdAt: number;
  readonly readyAt: number | null;
  readonly acknowledgedAt: number | null;
  readonly connectedAt: number | null;
  readonly endedAt: number | null;
  /** Why it ended or failed, one sentence. */
  readonly reason: string | null;
  /** The pool says so: there is no machine behind it. */
  readonly simulated: boolean;
  readonly reach: Reach | null;
  readonly nodeName: string | null;
  readonly imaging: boolean;
  /** Why its capture did not succeed: *try again* or *give up*; null otherwise. */
  readonly captureFailure: string | null;
  /** What it is being saved as, and how far that has got; null when it is not. */
  readonly capture: CaptureView | null;
  /** Switched off from inside or otherwise off while it should run. */
  readonly poweredOff: boolean;
  readonly steps: readonly StepView[];
  /** 0..1 of the P50 while it loads; null when it does not or is not known. */
  readonly progress: number | null;
  readonly progressText: string | null;
  /** Milliseconds: usual (P50) and nearly always (P95) time to ready, and since when it runs. */
  readonly estimate: { readonly p50: number; readonly p95: number; readonly since: number } | null;
  /** A clock that ends it early unless something is done: "connect before", "reconnect before". */
  readonly deadline: { readonly kind: 'connect' | 'log-in' | 'reconnect'; readonly at: number } | null;
  /** What may be done to it now; the pages ask this and never the state. */
  readonly can: {
    readonly connect: boolean;
    readonly extend: boolean;
    readonly reboot: boolean;
    readonly reinstall: boolean;
    readonly start: boolean;
    readonly capture: boolean;
    readonly keep: boolean;
    readonly end: boolean;
  };
  readonly notices: readonly NoticeView[];
}

export type NoticeTone = 'good' | 'plain' | 'urgent' | 'bad';

export interface NoticeView {
  readonly id: number;
  readonly key: string;
  readonly tone: NoticeTone;
  readonly text: string;
  readonly at: number;
}

export interface HistoryLine {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  /** One sentence for people. */
  readonly text: string;
  /** Shown in the log only, not among the main steps. */
  readonly detail: boolean;
}

/** May it be had? Shown while the form is filled, and again on submit. */
export interface Verdict {
  readonly possible: boolean;
  /** "Ready in about 3 s", or what is missing, in words. */
  readonly text: string;
  readonly readyAt: number | null;
  readonly end: number | null;
  readonly alternatives: readonly Alternative[];
  readonly fields: Readonly<Record<string, string>>;
}

export interface ExtensionView {
  /** 0 when it cannot be extended. */
  readonly mostMinutes: number;
  readonly latestEnd: number;
  /** What the limit is: next booking, group, environment. */
  readonly because: string;
}

export interface ConnectMethodView {
  readonly method: 'ssh';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly hostKeys: readonly string[];
  readonly command: string;
  /** The address works from this computer only (bound to loopback). */
  readonly localOnly: boolean;
}

export interface ConnectionView {
  readonly methods: readonly ConnectMethodView[];
  readonly reach: Reach;
  readonly notes: string;
  readonly sshKeys: number;
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
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly maxMinutes: number | null;
  /** Milliseconds until it would be ready if reserved now (P95), null when none is free now. */
  readonly readyIn: number | null;
  readonly freeNow: number;
  readonly machines: number;
  /** The longest first booking this person may make of it, in minutes. */
  readonly mostMinutes: number;
  /** What the person took last time, or the usual. */
  readonly usualMinutes: number;
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
export interface ImagePropertiesView {
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
  readonly version: number;
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
  readonly state: 'capturing' | 'ready' | 'production' | 'rolling-out' | 'suspended' | 'deleted';
  readonly provenAt: number | null;
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

export interface NodeView {
  readonly id: number;
  readonly name: string;
  readonly state: NodeState;
  readonly power: PowerState;
  readonly poolId: number;
  readonly pool: string;
  readonly image: string | null;
  readonly simulated: boolean;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly failure: string | null;
  readonly failedAt: number | null;
  /** Since when it is in its state. */
  readonly since: number;
  /** Wanted out of service. */
  readonly leaves: OutFor | null;
  /** Why it is out of service. */
  readonly because: string | null;
  readonly version: number;
  readonly reservationId: number | null;
  readonly user: string | null;
}

export interface PoolSettingsView {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly reach: Reach;
  readonly version: number;
  readonly settings: readonly PoolSettingView[];
}

/** A setting as its module describes it. */
export interface PoolSettingView {
  readonly name: string;
  readonly description: string;
  readonly kind: 'number' | 'list' | 'text';
  /** Where only these will do. */
  readonly options: readonly string[];
  readonly value: unknown;
}

/** A node that is added, or could be. */
export interface NewNodeView {
  readonly line: number;
  readonly name: string;
  /** Null: one is made up. */
  readonly mac: string | null;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly image: string;
  readonly problems: readonly string[];
  /** Once it was added. */
  readonly id?: number | undefined;
}

/** A node's page. */
export interface NodeDetailView extends NodeView {
  readonly mac: string;
  readonly load: number;
  /** Somebody could have logged in to it since it was loaded. */
  readonly tainted: boolean;
  /** The image that it is loaded anew with, after whoever has it. */
  readonly nextImage: string | null;
  /** Who has it now. */
  readonly holder: { readonly reservationId: number; readonly user: string; readonly end: number } | null;
  /** Bookings that have not begun. */
  readonly coming: number;
  /** What is done with it now, in words; null when nothing is. */
  readonly work: {
    readonly title: string;
    readonly running: boolean;
    readonly because: string | null;
  } | null;
  /** Its next 24 hours. */
  readonly schedule: readonly NodeHoldView[];
  /** Newest first. */
  readonly loads: readonly NodeLoadView[];
  readonly events: readonly NodeEventView[];
  /** Names of the images that it can be loaded with. */
  readonly images: readonly string[];
  readonly now: number;
}

export interface NodeHoldView {
  readonly id: number;
  readonly purpose: AllocationPurpose;
  /** With the load before and the clean-up after it. */
  readonly from: number;
  readonly until: number;
  readonly start: number;
  readonly end: number;
  readonly reservationId: number | null;
  readonly user: string | null;
  readonly image: string | null;
}

export interface NodeLoadView {
  readonly taskId: number;
  readonly at: number;
  /** Why it was loaded: for a booking, after one, ... */
  readonly why: string;
  readonly image: string | null;
  /** Until it was loaded or failed; null while it runs. */
  readonly milliseconds: number | null;
  readonly phases: readonly { readonly step: string; readonly milliseconds: number | null }[];
  readonly failure: string | null;
}

export interface NodeEventView {
  readonly id: number;
  readonly at: number;
  readonly who: string | null;
  readonly text: string;
  readonly reservationId: number | null;
}

/** Some of the nodes, how many are in each state, and the pools there are. */
export interface NodesView extends Listing<NodeView> {
  readonly states: readonly { readonly state: NodeState; readonly nodes: number }[];
  readonly pools: readonly string[];
}

export interface PoolView {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly moduleTitle: string;
  readonly simulated: boolean;
  readonly reach: Reach;
  readonly nodes: number;
  readonly available: number;
}

export interface AllocationView {
  readonly id: number;
  readonly nodeId: number;
  readonly reservationId: number | null;
  readonly purpose: AllocationPurpose;
  readonly start: number;
  readonly end: number;
}

export interface AttentionItem {
  readonly id: string;
  readonly kind: 'node' | 'revision' | 'capture' | 'task' | 'artefact' | 'booking' | 'place' | 'books';
  /** One sentence. */
  readonly text: string;
  readonly since: number;
  /** Who is hit, in words; null when nobody. */
  readonly hits: string | null;
  /** `link`: it leads to where it can be decided; else it is done at once. */
  readonly action: { readonly label: string; readonly path: string; readonly link?: true } | null;
}

export interface AttentionView {
  readonly items: readonly AttentionItem[];
  readonly lookedAt: number;
}

export interface AnnouncementView {
  readonly id: number;
  readonly text: string;
  readonly until: number | null;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A part of a list, and how many there are in all. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

export interface HomeView {
  readonly reservations: readonly ReservationView[];
  /** The last environments the person had, newest first, at most three; topped up with others. */
  readonly again: readonly ImageView[];
  readonly announcements: readonly AnnouncementView[];
  readonly limits: Limits;
  readonly live: number;
}

export interface HealthView {
  readonly ready: boolean;
  /** 0..1. */
  readonly progress: number;
  /** What is still being got ready, in words. */
  readonly waitingFor: readonly string[];
  readonly version: string;
}

export interface SshKeyView {
  readonly id: number;
  readonly label: string;
  readonly fingerprint: string;
}

export interface TokenView {
  readonly id: number;
  readonly label: string;
  readonly createdAt: number;
}
