/** A reservation as its page and the API show it. */
import type { Reach } from '../../domain/contracts/facts.ts';
import type { Alternative, ErrorCode } from '../../domain/errors.ts';
import type { ReservationGroup, ReservationState } from '../../domain/states.ts';
import type { ImageNameView, MachineSize } from './images.ts';
import type { Listing, StateCount } from './paging.ts';
import type { ServerView } from './servers.ts';

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

/** One of several machines that are had together. */
export interface MachineView {
  /** What it is called inside: `main`, `db`, `worker2`. */
  readonly name: string;
  readonly image: ImageNameView;
  readonly nodeId: number;
  readonly nodeName: string;
  readonly size: MachineSize;
  readonly state: 'waits' | 'loading' | 'ready' | 'off' | 'over';
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
  /** A seat of a class, or a server: its end does not count from when it is ready. */
  readonly fixedEnd: boolean;
  readonly minutes: number;
  /** Of what was asked for: another by now means that somebody has changed it. */
  readonly version: string;
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
  readonly nodeId: number | null;
  readonly nodeName: string | null;
  /** What its machine has; null while it has none. */
  readonly size: MachineSize | null;
  readonly poolName: string | null;
  /** All of its machines where they are had together, its own first; none where it is one. */
  readonly machines: readonly MachineView[];
  readonly imaging: boolean;
  /** It is for long, and others get in; null: it is none. */
  readonly server: ServerView | null;
  /** Why its capture did not succeed: *try again* or *give up*; null otherwise. */
  readonly captureFailure: string | null;
  /** What it is being saved as, and how far that has got; null when it is not. */
  readonly capture: CaptureView | null;
  /** Switched off from inside or otherwise off while it should run. */
  readonly poweredOff: boolean;
  /** It went down, or was switched off, and does not start again. */
  readonly down: boolean;
  readonly steps: readonly StepView[];
  /** 0..1 of the P50 while it loads; null when it does not or is not known. */
  readonly progress: number | null;
  readonly progressText: string | null;
  /** Milliseconds: usual (P50) and nearly always (P95) time to ready, and since when it runs. */
  readonly estimate: { readonly p50: number; readonly p95: number; readonly since: number } | null;
  /** A clock that ends it early unless something is done: "connect before", "reconnect before". */
  readonly deadline: {
    readonly kind: 'answer' | 'connect' | 'log-in' | 'reconnect' | 'input' | 'class';
    readonly at: number;
  } | null;
  /** What may be done to it now; the pages ask this and never the state. */
  readonly can: {
    /** It is offered to who waited for it, and held until they have answered. */
    readonly accept: boolean;
    readonly connect: boolean;
    /** Its start, length and environment: until it loads. */
    readonly change: boolean;
    readonly extend: boolean;
    readonly shorten: boolean;
    readonly reboot: boolean;
    readonly reinstall: boolean;
    readonly start: boolean;
    /** Another machine in the place of one that is down. */
    readonly another: boolean;
    readonly capture: boolean;
    readonly keep: boolean;
    readonly end: boolean;
  };
  readonly notices: readonly NoticeView[];
}

/** A part of a list of reservations, how many there are of each group, and what its filter offers. */
export interface ReservationsView extends Listing<ReservationView> {
  readonly states: readonly StateCount<ReservationGroup>[];
  /** Names; empty for who sees none but their own. */
  readonly pools: readonly string[];
}

export type NoticeTone = 'good' | 'plain' | 'urgent' | 'bad';

export interface NoticeView {
  readonly id: number;
  readonly key: string;
  readonly tone: NoticeTone;
  readonly text: string;
  readonly at: number;
  /** What it is about, to be looked at; null when that is no image, or one that was deleted. */
  readonly image: { readonly name: string; readonly title: string } | null;
  /** The seats of a class that it is about. */
  readonly blockId?: number;
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
  /** Why not; null where it can be had. */
  readonly code: ErrorCode | null;
  /** Machines that are free for all of that time, of those that there are for it; null where that was not asked. */
  readonly free: number | null;
  readonly machines: number | null;
  /** What it would take of a course's hours; null: nothing. */
  readonly costs: { readonly course: string; readonly minutes: number; readonly leftMinutes: number } | null;
}

/** When something can be had. */
export interface TimesView {
  readonly image: string;
  readonly title: string;
  readonly minutes: number;
  readonly count: number;
  readonly machines: number;
  /** The next times at which so many machines are free: the first is the earliest there is. */
  readonly earliest: readonly number[];
  readonly slots: readonly TimeSlot[];
}

export interface TimeSlot {
  readonly start: number;
  /** Machines that can be had from then on, for as long as was asked. */
  readonly free: number;
  /** Why this person may not begin then, however many are free. */
  readonly why: 'past' | 'far' | 'limit' | null;
}

export interface ExtensionView {
  /** 0 when it cannot be extended. */
  readonly mostMinutes: number;
  readonly latestEnd: number;
  /** What the limit is, as a part of a sentence: the next booking that cannot be moved, the group, the environment. */
  readonly because: string;
}

export interface ConnectMethodView {
  readonly method: 'ssh';
  /** What the machine is called inside; null where it is the only one. */
  readonly machine: string | null;
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
