/** Every user intention, by name: pages, REST and CLI call these and nothing else. Each checks may() itself and throws LabError. */

import type { ReservationFilter, ReservationSort } from '../../db/queries/reservation-list.ts';
import type { Members } from '../domain/cluster.ts';
import type { IdleRuleChanges } from '../domain/idle-rules.ts';
import type { Visibility } from '../domain/may.ts';
import type { AdministrationServices } from './administration.ts';
import type { BlockServices } from './blocks.ts';
import type { CalendarServices } from './calendars.ts';
import type { ClosingServices } from './closing-services.ts';
import type { CourseServices } from './courses.ts';
import type { NodeServices } from './node-services.ts';
import type { PeopleServices } from './people.ts';
import type { PoolServices } from './pool-services.ts';
import type { PredictionServices } from './prediction-services.ts';
import type { ListRequest, Once, PageRequest } from './requests.ts';
import type { ServerServices } from './servers.ts';
import type { TimelineServices } from './timeline-services.ts';
import type * as view from './views.ts';
import type { HistoryLine } from './views.ts';
import type { WaitingServices } from './waiting.ts';

export {
  type HardwareText,
  type LoadsRequest,
  type NewNodesRequest,
  type NodeAction,
  type NodeFilter,
  type NodeOrder,
  type NodesRequest,
  nodeActions,
  nodeActionTitles,
} from './node-services.ts';
export type { NewPool, PoolChanges } from './pool-services.ts';
export type { ListRequest, Once, PageRequest } from './requests.ts';

type Me = view.SignedIn;

export interface ReserveRequest {
  readonly image: string;
  readonly minutes: number;
  /** Epoch milliseconds; absent = now. */
  readonly start?: number | undefined;
  /** To make an image of it: 12 hours at least, never ended for nobody being there, and saved at its end. */
  readonly imaging?: boolean | undefined;
  /** Another revision than the production one: for those who manage the image, to try it. */
  readonly revision?: number | undefined;
}

/** The same while it is being typed: it may be anything. */
export interface VerdictRequest {
  readonly image: string;
  readonly minutes: unknown;
  readonly start?: unknown;
  readonly imaging?: boolean | undefined;
  /** Machines at the same time. */
  readonly count?: unknown;
}

/** What is looked for in the calendar: starts are epoch milliseconds on quarter hours, in order, of eight days at most. */
export interface TimesRequest {
  readonly image: string;
  readonly minutes: number;
  readonly count?: number | undefined;
  readonly starts: readonly number[];
}

/** What is changed of a booking; what is absent stays. */
export interface ChangeRequest {
  readonly image?: string | undefined;
  /** Epoch milliseconds. */
  readonly start?: number | undefined;
  readonly minutes?: number | undefined;
  /** Null: what is production by then. */
  readonly revision?: number | null | undefined;
  /** Of the booking as it was shown: another by now is refused (`changed-meanwhile`). */
  readonly version?: string | undefined;
}

/** What a machine is saved as: a new image by `name` and `title` (one makes the other), or a revision of an image. */
export interface CaptureRequest {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  readonly revisionOf?: string | undefined;
  readonly comment?: string | undefined;
  /** Capture and go on: the reservation lasts. */
  readonly goOn?: boolean | undefined;
}

/** What is changed of an image; what is absent stays. `null`: no limit. */
export interface ImageChanges extends IdleRuleChanges {
  readonly title?: string | undefined;
  readonly icon?: string | undefined;
  readonly description?: string | undefined;
  readonly notes?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memoryMb?: number | undefined;
  readonly diskMb?: number | undefined;
  readonly maxMinutes?: number | null | undefined;
  readonly maxAtOnce?: number | null | undefined;
  readonly checkConnected?: boolean | undefined;
  /** All machines that come with it; empty: none. */
  readonly members?: readonly Members[] | undefined;
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
}

export interface Publication {
  readonly visibility: Visibility;
  readonly groups?: readonly string[] | undefined;
  readonly version?: number | undefined;
}

export type LibrarySort = 'use' | 'title' | 'seen' | 'bytes';

/** By use unless it says otherwise: what nobody uses comes first. `offset` goes before a cursor. */
export interface LibraryRequest extends PageRequest, Partial<ListRequest<LibrarySort>> {
  readonly limit: number;
  readonly search?: string | undefined;
}

export interface ReservationsRequest extends ListRequest<ReservationSort> {
  readonly filter: ReservationFilter;
}

export interface ReservationsPageRequest extends PageRequest {
  readonly everybody?: boolean | undefined;
  /** Only those that have not ended. */
  readonly live?: boolean | undefined;
  readonly filter?: ReservationFilter | undefined;
}

export interface Services
  extends AdministrationServices,
    BlockServices,
    CalendarServices,
    CourseServices,
    ClosingServices,
    NodeServices,
    PeopleServices,
    PoolServices,
    PredictionServices,
    ServerServices,
    TimelineServices,
    WaitingServices {
  /** Signs in; `network` is the address the attempt came from (attempts are slowed per account and network). */
  signIn(request: { name: string; password: string; network: string }): Promise<{ session: string; me: Me }>;
  signInByLink(link: string): Promise<{ session: string; me: Me }>;
  signOut(session: string): Promise<void>;
  whoHasSession(session: string): Promise<Me | null>;
  whoHasToken(token: string): Promise<Me | null>;

  home(me: Me): Promise<view.HomeView>;
  /** The part of it that changes by itself. */
  ownMachines(me: Me): Promise<view.MachinesView>;
  /** Calls back whenever that may be another. Returns how to stop. */
  watchHome(me: Me, changed: () => void): Promise<() => void>;
  listImages(me: Me, request?: { search?: string | undefined }): Promise<view.ImageView[]>;
  getImage(me: Me, name: string): Promise<view.ImageView>;

  /** What image admins have to look after, unused ones first. */
  listLibrary(me: Me, request: LibraryRequest): Promise<view.LibraryView>;
  imageProperties(me: Me, name: string): Promise<view.ImagePropertiesView>;
  editImage(me: Me, name: string, changes: ImageChanges): Promise<void>;
  publishImage(me: Me, name: string, to: Publication): Promise<void>;
  /** With seven days' grace; `image.in-use` names what uses it. */
  removeImage(me: Me, name: string): Promise<void>;
  /** `image.gone` once its files are being removed. */
  restoreImage(me: Me, name: string, once?: Once): Promise<void>;
  listGroupNames(me: Me): Promise<view.GroupNameView[]>;
  listRevisions(me: Me, name: string): Promise<view.RevisionView[]>;
  commentRevision(me: Me, name: string, number: number, comment: string): Promise<void>;
  /** After one proven load; idle machines follow in batches. Back is the same with the revision before. */
  makeProduction(me: Me, name: string, number: number, once?: Once): Promise<{ taskId: number }>;
  /** With seven days in which it can be undone. */
  removeRevision(me: Me, name: string, number: number): Promise<void>;
  restoreRevision(me: Me, name: string, number: number, once?: Once): Promise<void>;

  /** May it be had? Never throws for what the person typed: the verdict says it. */
  verdict(me: Me, request: VerdictRequest): Promise<view.Verdict>;
  /** When something can be had: the next times, and how many machines are free at each of `starts`. */
  findTimes(me: Me, request: TimesRequest): Promise<view.TimesView>;
  reserve(me: Me, request: ReserveRequest, once?: Once): Promise<view.ReservationView>;
  /** Another start, length or environment for a booking that has not begun to load; `reservation.begun` after that. */
  changeBooking(me: Me, id: number, request: ChangeRequest, once?: Once): Promise<view.ReservationView>;
  /** Could it be changed so? */
  changeVerdict(me: Me, id: number, request: ChangeRequest): Promise<view.Verdict>;
  getReservation(me: Me, id: number): Promise<view.ReservationView>;
  /** Their own, newest first; administrators may ask for everybody's. */
  listReservations(me: Me, request: ReservationsPageRequest): Promise<view.Page<view.ReservationView>>;
  /** Everybody's for administrators, for others their own. */
  findReservations(me: Me, request: ReservationsRequest): Promise<view.ReservationsView>;
  history(me: Me, id: number, after?: number): Promise<HistoryLine[]>;
  /** Presses Connect: acknowledges, opens the way for the account, waits until it is open (at most 20 s) and says how. */
  connect(me: Me, id: number, from: string, once?: Once): Promise<view.ConnectionView>;
  /** The same, read only; `reservation.not-connected` before connect. */
  connection(me: Me, id: number): Promise<view.ConnectionView>;
  extension(me: Me, id: number): Promise<view.ExtensionView>;
  extend(me: Me, id: number, minutes: number, once?: Once): Promise<view.ReservationView>;
  /** Gives back so much of its end. */
  shorten(me: Me, id: number, minutes: number, once?: Once): Promise<view.ReservationView>;
  /** *Keep it*: once, to the planned end, no time-out for not being connected. */
  keep(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  reboot(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  reinstall(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  /** Saves one's machine as an image; the reservation ends with it unless `goOn`. */
  capture(me: Me, id: number, request: CaptureRequest, once?: Once): Promise<view.CaptureBegun>;
  /** A capture that did not succeed is tried once more. */
  retryCapture(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  /** A capture that did not succeed is given up: the machine goes on, or ends where its time is over. */
  giveUpCapture(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  /** Starts a machine that was switched off from inside. */
  startMachine(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  /** Another machine until the same end, for one that went down and does not start again; what was on it is lost. */
  takeAnother(me: Me, id: number, once?: Once): Promise<view.ReservationView>;
  endReservation(me: Me, id: number, reason?: string): Promise<view.ReservationView>;
  dismissNotice(me: Me, noticeId: number): Promise<void>;
  /** A single-use ticket of 30 s for the gateway's WebSocket or file door; `from` is the address that asks, `machine` which of several. */
  ticket(
    me: Me,
    reservationId: number,
    purpose: 'terminal' | 'console' | 'files',
    from: string,
    machine?: string | null,
  ): Promise<string>;
  /** The same to look at a node's console, whoever has it; read only. */
  consoleTicket(me: Me, nodeId: number, from: string): Promise<string>;
  /** Addresses of the gateways that a ticket leads to, the first that answers being its; null when it is no ticket. */
  gatewaysFor(ticket: string): Promise<readonly string[] | null>;

  attention(me: Me): Promise<view.AttentionView>;
  /** How many items that has, by one statement. */
  countAttention(me: Me): Promise<number>;
  /** Calls back whenever that is another number. Returns how to stop. */
  watchAttention(me: Me, changed: () => void): Promise<() => void>;
  /** The one button of an item of Needs attention: try again. */
  retryAttention(me: Me, itemId: string): Promise<void>;
  /** What is announced now, newest first. */
  listAnnouncements(): Promise<readonly view.AnnouncementView[]>;
  announce(me: Me, text: string, until: number | null, once?: Once): Promise<void>;
  withdrawAnnouncement(me: Me, id: number): Promise<void>;
  health(): Promise<view.HealthView>;

  listSshKeys(me: Me): Promise<view.SshKeyView[]>;
  addSshKey(me: Me, label: string, publicKey: string): Promise<void>;
  /** Takes it off their machines too; resolves with false when not all of them answer for now: it is done when they do. */
  removeSshKey(me: Me, id: number): Promise<boolean>;
  /** Reservations whose machines do not have the keys as they are now yet. */
  keysOnTheirWay(me: Me): Promise<readonly view.KeysOnTheirWayView[]>;
  listTokens(me: Me): Promise<view.TokenView[]>;
  createToken(me: Me, label: string): Promise<string>;
  revokeToken(me: Me, id: number): Promise<void>;
  /**
   * `old` may be null while the account still has its first password. Ends the person's sessions, except `keep` (the session
   * in which they ask).
   */
  changePassword(
    me: Me,
    request: { old: string | null; password: string; keep?: string | undefined },
  ): Promise<void>;
  /** Where notices are mailed; empty: nowhere. */
  setEmail(me: Me, email: string): Promise<void>;
  /** A name such as `Europe/Berlin`; empty: the browser's. */
  setTimeZone(me: Me, timeZone: string): Promise<void>;

  /**
   * Calls back whenever the reservation has a new event or another state; one poller serves all listeners of a process.
   * Returns how to stop.
   */
  watchReservation(me: Me, id: number, changed: () => void): Promise<() => void>;
  /** The same for an image that this person manages: its properties, its revisions, and what becomes of them. */
  watchImage(me: Me, name: string, changed: () => void): Promise<() => void>;
}
