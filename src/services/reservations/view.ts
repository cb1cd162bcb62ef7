import { neverTimesOut } from '../../../db/facts.ts';
import { idleRules } from '../../../db/idle-rules.ts';
import type { NoticeRow } from '../../../db/queries/notices.ts';
import type { OtherMachineRow } from '../../../db/queries/other-machines.ts';
import type { EventRow, ReservationListRow } from '../../../db/queries/reservations.ts';
import { mainName } from '../../domain/cluster.ts';
import type { ModuleDescriptor } from '../../domain/contracts/provisioning.ts';
import type { TimeSettings } from '../../domain/contracts/time-settings.ts';
import { counted } from '../../domain/counted.ts';
import { userMessages } from '../../domain/errors.ts';
import { type IdleClocks, idleClocks, warnBefore } from '../../domain/idle-rules.ts';
import {
  type AllocationState,
  isCapturing,
  isComing,
  isLive,
  isUsable,
  type PowerState,
  wasCancelled,
} from '../../domain/states.ts';
import { inWords } from '../../domain/time.ts';
import type { Estimate } from '../booking/estimates.ts';
import type { MachineView, NoticeView, ReservationView } from '../views.ts';
import { canBeCaptured } from './can-be-captured.ts';
import { canChange, canHaveAnother, wishVersion } from './can-change.ts';
import { captureView } from './capture-view.ts';
import { noticeText, noticeTone, whoDid } from './sentences.ts';
import { aheadOf, askedAgain, stepsOf } from './steps.ts';

export interface ViewSource {
  readonly row: ReservationListRow;
  /** The machines that are had together with its own. */
  readonly others: readonly OtherMachineRow[];
  /** Whose eyes it is for: "You ended it." */
  readonly readerId: number;
  /** What they may do with it. */
  readonly lets: { readonly change: boolean; readonly connect: boolean };
  readonly events: readonly EventRow[];
  readonly notices: readonly NoticeRow[];
  readonly estimate: Estimate | null;
  readonly now: number;
  readonly times: TimeSettings;
  readonly descriptors: Readonly<Record<string, ModuleDescriptor>>;
}

const ms = (value: number | null): number | null => (value === null ? null : Number(value));

/** What a page and the API say of a reservation. Pure: rows in, words out. */
export function reservationView(source: ViewSource): ReservationView {
  const { row, now } = source;
  const waits = waitsFor(source);
  const loading = waits === null && isLoading(row);
  const since = loading ? loadingSince(source) : null;
  const estimate = since === null || !source.estimate ? null : { ...source.estimate, since };
  return {
    id: row.id,
    state: row.state,
    image: { id: row.image_id, name: row.image_name, title: row.image_title, icon: row.image_icon },
    user: { id: row.user_id, name: row.user_name },
    start: Number(row.start_at),
    end: Number(row.end_at),
    fixedEnd: row.block_date_id !== null || row.server_name !== null,
    minutes: row.minutes,
    version: wishVersion(row),
    createdAt: Number(row.created_at),
    readyAt: ms(row.ready_at),
    acknowledgedAt: ms(row.acknowledged_at),
    connectedAt: ms(row.connected_at),
    endedAt: ms(row.ended_at),
    reason: row.reason ?? whoEnded(source),
    simulated: isSimulated(source),
    reach: row.pool_reach,
    nodeId: row.node_id,
    nodeName: row.node_name,
    size: sizeOf(row),
    poolName: row.pool_name,
    machines: machinesOf(source),
    imaging: row.imaging === 1,
    server: serverOf(row),
    captureFailure: row.capture_failure,
    capture: captureView(row, source.events, isBareMetal(source)),
    poweredOff: isOff(source),
    down: isDown(source),
    steps: stepsOf(row, source.events, now),
    progress: estimate ? Math.min(0.98, (now - estimate.since) / Math.max(1, estimate.p50)) : null,
    progressText: estimate ? progressText(estimate, now) : waits,
    estimate,
    deadline: deadlineOf(source),
    can: canOf(source),
    notices: source.notices.map(noticeOf),
  };
}

/** One that is offered and ready is loaded; one that has been theirs may be loaded on another machine. */
function isLoading({ state, ready_at, allocation_state }: ReservationListRow): boolean {
  return state === 'reinstall' || (isComing(state) && (ready_at === null || allocation_state !== 'ready'));
}

function serverOf(row: ReservationListRow): ReservationView['server'] {
  if (row.server_name === null) return null;
  const { server_name: name, login_group: loginGroup, admin_group: adminGroup } = row;
  return { name, openEnded: row.open_ended === 1, loginGroup, adminGroup };
}

/** The bar is honest about the usual time (P50), the words promise the nearly certain one (P95). */
function progressText(estimate: { p50: number; p95: number; since: number }, now: number): string {
  const left = estimate.since + estimate.p95 - now;
  return left > 0 ? `Nearly always within ${inWords(left)}` : 'Any moment now';
}

/** What its start waits for, in words; null when it does not wait, or need not yet. */
function waitsFor({ row, now, events }: ViewSource): string | null {
  if (row.state === 'reinstall' && row.place_armed === 0) return userMessages['place.disarmed'];
  if (row.state !== 'new' || Number(row.start_at) > now) return null;
  if (row.place_armed === 0) return userMessages['place.disarmed'];
  const last = events.at(-1);
  const ahead = last ? aheadOf(last) : null;
  if (ahead !== null) return `Waiting for its turn to be loaded: ${placeOf(ahead)}`;
  const out = row.node_state === 'failed' || row.node_state === 'maintenance';
  if (row.blocked !== 1 && !out) return null;
  const because = row.blocked === 1 ? 'The booking before yours has not left it yet.' : 'It is out of order.';
  return `Waiting for the machine. ${because} We look again every few seconds, for another one too.`;
}

function placeOf(ahead: number): string {
  if (ahead === 0) return 'it is the next.';
  return `${counted(ahead, 'machine')} ${ahead === 1 ? 'is' : 'are'} before it.`;
}

function loadingSince({ row, now, events }: ViewSource): number | null {
  const again = askedAgain(events);
  if (again) return Number(again.at);
  if (row.starts_now === 1) return Number(row.created_at);
  // its machine may have been loaded long ago, or for somebody before: only what was begun for this booking counts
  const begun = events.find((event) => event.kind === 'assigned');
  const created = Number(row.created_at);
  if (begun === undefined && Number(row.start_at) > now)
    // of a seat that was loaded for its class, what is left to do begins when it is claimed
    return (row.allocation_state ?? 'held') === 'held' ? null : created;
  return Math.max(created, Number(begun?.at ?? row.start_at));
}

/** Rows hold who ended it; without a reason given, that is the reason. */
function whoEnded({ row, readerId }: ViewSource): string | null {
  if (row.ended_by === null) return null;
  const who = whoDid({ id: row.ended_by, name: row.ended_by_name }, readerId);
  const cancelled = wasCancelled({ start: Number(row.start_at), endedAt: ms(row.ended_at) });
  return `${who} ${cancelled ? 'cancelled' : 'ended'} it.`;
}

function isSimulated({ row, descriptors }: ViewSource): boolean {
  return row.pool_module !== null && descriptors[row.pool_module]?.simulated === true;
}

function isBareMetal({ row, descriptors }: ViewSource): boolean {
  return row.pool_module !== null && descriptors[row.pool_module]?.bareMetal === true;
}

function sizeOf(row: ReservationListRow): ReservationView['size'] {
  const { node_cpus: cpus, node_memory_mb: memoryMb, node_disk_mb: diskMb } = row;
  return cpus === null || memoryMb === null || diskMb === null ? null : { cpus, memoryMb, diskMb };
}

/** All of its machines are off. */
function isOff({ row, others }: ViewSource): boolean {
  return isUsable(row.state) && [row, ...others].every(({ node_power }) => node_power === 'off');
}

/** Of several, who has them sees to those that are left. */
function isDown({ row }: ViewSource): boolean {
  return isUsable(row.state) && canHaveAnother(row);
}

function isOneOff({ row, others }: ViewSource): boolean {
  return isUsable(row.state) && [row, ...others].some(({ node_power }) => node_power === 'off');
}

function machinesOf({ row, others }: ViewSource): MachineView[] {
  const size = sizeOf(row);
  if (others.length === 0 || row.node_id === null || row.node_name === null || size === null) return [];
  const own = {
    ...{ name: mainName, nodeId: row.node_id, nodeName: row.node_name, size },
    image: { name: row.image_name, title: row.image_title },
    state: machineState(row, row.allocation_state, row.node_power),
  };
  return [
    own,
    ...others.map((other) => ({
      ...{ name: other.member_name, nodeId: other.node_id, nodeName: other.node_name },
      size: { cpus: other.node_cpus, memoryMb: other.node_memory_mb, diskMb: other.node_disk_mb },
      image: { name: other.image_name, title: other.image_title },
      state: machineState(row, other.allocation_state, other.node_power),
    })),
  ];
}

function machineState(
  { state }: ReservationListRow,
  allocation: AllocationState | null,
  power: PowerState | null,
): MachineView['state'] {
  if (!isLive(state)) return 'over';
  if (allocation === 'loading') return 'loading';
  if (allocation !== 'ready' && allocation !== 'inuse') return 'waits';
  return power === 'off' && isUsable(state) ? 'off' : 'ready';
}

/** The clock that ends it early unless something is done (vcl.md 8.1); none where it never times out. */
function deadlineOf(source: ViewSource): ReservationView['deadline'] {
  const { row, now } = source;
  if (row.offered_until !== null) return { kind: 'answer', at: Number(row.offered_until) };
  if (Number(row.class_ends) === 1 && isUsable(row.state)) return { kind: 'class', at: Number(row.end_at) };
  const clocks = clocksOf(source);
  if (clocks === null) return null;
  const isBooked = row.state === 'new' && Number(row.start_at) > now;
  if (isBooked || (row.state === 'reserved' && row.acknowledged_at === null)) {
    const since = Math.max(Number(row.ready_at), Number(row.start_at));
    return ending('connect', since, clocks.connect);
  }
  if (!isUsable(row.state)) return null;
  if (row.idle_since !== null) return almostIdle(Number(row.idle_since), clocks.input, now);
  if (row.unconnected_since === null) return null;
  const since = Number(row.unconnected_since);
  return row.state === 'inuse'
    ? ending('reconnect', since, clocks.reconnect)
    : ending('log-in', since, clocks.logIn);
}

type Deadline = NonNullable<ReservationView['deadline']>;

function ending(kind: Deadline['kind'], since: number, long: number | null): Deadline | null {
  return long === null ? null : { kind, at: since + long };
}

/** Who pauses for a minute is not told of it. */
function almostIdle(since: number, long: number | null, now: number): Deadline | null {
  const deadline = ending('input', since, long);
  return deadline !== null && deadline.at - now <= warnBefore ? deadline : null;
}

/** Pressing *Keep it* does away with what would end it. */
function isKept(source: ViewSource): boolean {
  const deadline = deadlineOf(source);
  return deadline !== null && deadline.kind !== 'class';
}

/** The clocks that run for it; null where none does. */
function clocksOf(source: ViewSource): IdleClocks | null {
  const { row, times } = source;
  if (isSimulated(source) || neverTimesOut(row, times.ignoreConnectionsFromMinutes)) return null;
  return idleClocks(times, idleRules(row), {
    neverConnectedMinutes: row.pool_never_connected_minutes,
    disconnectedMinutes: row.pool_disconnected_minutes,
    idleMinutes: row.pool_idle_minutes,
  });
}

function canOf(source: ViewSource): ReservationView['can'] {
  const { lets } = source;
  const { connect, ...changes } = possible(source);
  const nothing = Object.fromEntries(Object.keys(changes).map((name) => [name, false])) as typeof changes;
  return { ...(lets.change ? changes : nothing), connect: connect && lets.connect };
}

function possible(source: ViewSource): ReservationView['can'] {
  const { row } = source;
  const usable = isUsable(row.state);
  const real = usable && !isSimulated(source);
  const down = isDown(source);
  const off = isOff(source) || down;
  const alone = row.others === 0;
  const offered = row.state === 'offered';
  const ends = row.open_ended !== 1;
  return {
    accept: offered,
    connect: usable && !off,
    change: ends && canChange(row, source.now),
    extend: ends && isLive(row.state) && !offered,
    shorten: ends && isLive(row.state) && !offered && !isCapturing(row.state),
    reboot: alone && real && !off && row.acknowledged_at !== null,
    reinstall: alone && real && row.acknowledged_at !== null,
    start: isOneOff(source),
    another: down,
    capture: alone && real && !off && canBeCaptured(source, row),
    keep: usable && (isKept(source) || (clocksOf(source)?.input ?? null) !== null),
    end: isLive(row.state),
  };
}

/** A notice in words. Pure. */
export function noticeOf(row: NoticeRow): NoticeView {
  const data = JSON.parse(row.data) as Record<string, unknown>;
  const { id, notice_key: key, image_name: name, image_title: title } = row;
  const image = name === null || title === null ? null : { name, title };
  const about = typeof data.blockId === 'number' ? { image: null, blockId: data.blockId } : { image };
  return { id, key, tone: noticeTone(key), text: noticeText(key, data), at: Number(row.at), ...about };
}
