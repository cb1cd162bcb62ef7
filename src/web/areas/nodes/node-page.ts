import { aimWords } from '../../../domain/aim-words.ts';
import type { NodeAction } from '../../../services/services.ts';
import type { NodeDetailView, NodeHoldView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { sizeText } from '../../machine-size.ts';
import { type LoadLine, loadLine } from '../loads/load-line.ts';
import { type CleaningPage, cleaningPage } from './cleaning-words.ts';
import { type CommissionPanel, commissionPanel } from './commission-panel.ts';
import { type NodeStateWord, nodeStateWords } from './node-words.ts';

export interface NodePage {
  readonly id: number;
  readonly name: string;
  readonly state: NodeStateWord;
  readonly since: When;
  readonly simulated: boolean;
  /** What is done with it now, and its task. */
  readonly work: { readonly text: string; readonly href: string; readonly again: When | null } | null;
  /** What else is so now, in a sentence or two. */
  readonly now: readonly string[];
  readonly failure: string | null;
  readonly holder: { readonly href: string; readonly user: string; readonly until: When } | null;
  readonly facts: readonly { readonly name: string; readonly value: string; readonly href: string | null }[];
  /** What its next 24 hours mean where nobody booked them. */
  readonly free: string;
  /** Everything that happened to it, and the work on it. */
  readonly more: readonly { readonly label: string; readonly href: string }[];
  readonly orders: readonly {
    readonly href: string;
    readonly label: string;
    readonly icon: string;
    readonly danger: boolean;
  }[];
  readonly holds: readonly HoldLine[];
  /** Hours of the strip: where they lie, in 1/1000 of its width. */
  readonly hours: readonly { readonly x: number; readonly label: string }[];
  readonly cleaning: CleaningPage | null;
  /** Null where it is no bare metal. */
  readonly commission: CommissionPanel | null;
  readonly loads: readonly LoadLine[];
  readonly events: readonly {
    readonly when: When;
    readonly text: string;
    readonly who: string | null;
    readonly href: string | null;
  }[];
}

interface HoldLine {
  readonly what: string;
  readonly href: string | null;
  readonly start: When;
  /** Null: nobody knows. */
  readonly end: When | null;
  /** In 1/1000 of 24 hours. */
  readonly x: number;
  readonly width: number;
  readonly mine: 'reservation' | 'other' | 'out';
}

const dayMs = 86_400_000;

export function nodePage(node: NodeDetailView, clock: Clock): NodePage {
  const { id, name, holder } = node;
  return {
    ...{ id, name, simulated: node.simulated, failure: node.failure },
    state: nodeStateWords[node.state],
    since: clock.when(node.since),
    work: workOf(node, clock),
    now: nowOf(node),
    free: freeOf(node),
    more: [
      { label: 'Its timeline', href: `/timeline?search=${encodeURIComponent(name)}` },
      { label: 'Its loads', href: `/loads?node=${encodeURIComponent(name)}` },
      { label: 'Its tasks', href: `/tasks?node=${encodeURIComponent(name)}` },
      { label: 'All its events', href: `/events?node=${encodeURIComponent(name)}` },
    ],
    holder: holder && {
      href: `/reservations/${holder.reservationId}`,
      user: holder.user,
      until: clock.when(holder.end),
    },
    facts: factsOf(node, clock),
    orders: ordersOf(node).map((order) => ({
      ...order,
      href: `/nodes/orders?id=${id}&action=${order.action}`,
    })),
    holds: [...node.schedule.map((hold) => holdLine(hold, node.now, clock)), ...outLines(node, clock)].sort(
      (a, b) => a.x - b.x,
    ),
    hours: hoursOf(node.now, clock),
    cleaning: cleaningPage(node, clock),
    commission: commissionPanel(node, clock),
    loads: node.loads.map((load) => loadLine(load, clock)),
    events: node.events.map(({ at, text, who, reservationId }) => ({
      when: clock.when(at),
      ...{ text, who },
      href: reservationId === null ? null : `/reservations/${reservationId}`,
    })),
  };
}

const leaving = {
  maintenance: 'It goes into maintenance',
  off: 'It goes into maintenance and is switched off',
  delete: 'It is removed',
} as const;

/** While it is out of order its page says why above: here stands when it is tried again. */
function workOf({ state, work, failure, now }: NodeDetailView, clock: Clock): NodePage['work'] {
  if (work === null) return null;
  const because = work.running || !work.because || work.because === failure ? '' : ` (${work.because})`;
  const again = state === 'failed' && !work.running && work.at > now ? clock.precisely(work.at) : null;
  return { text: `${work.title}${because}`, href: `/tasks/${work.id}`, again };
}

function freeOf({ state, leaves }: NodeDetailView): string {
  if (state === 'failed') return 'Nobody booked it: it is out of order.';
  if (state === 'maintenance' || leaves !== null) return 'Nobody booked it: it is not in service.';
  return 'Free.';
}

function nowOf({ leaves, because, holder, nextImage, state, coming, hardware }: NodeDetailView): string[] {
  const says: string[] = [];
  if (leaves && state !== 'maintenance')
    says.push(`${leaving[leaves]}${holder ? ` after the reservation of ${holder.user}` : ''}.`);
  says.push(...(hardware?.bmc?.warnings ?? []));
  const troubles = hardware?.troubles ?? [];
  if (hardware?.silentSince != null) says.push(`Its BMC does not answer: ${troubles.join(' ')}`);
  else if (troubles.length > 0) says.push(`Its BMC says: ${troubles.join(', ')}.`);
  if (leaves && because) says.push(`Why: ${because.replace(/[.!?]?$/, (end) => end || '.')}`);
  if (nextImage !== null)
    says.push(`It is loaded anew with ${nextImage}${holder ? ' after this reservation' : ''}.`);
  if (coming > 0) says.push(coming === 1 ? 'One booking lies ahead.' : `${coming} bookings lie ahead.`);
  return says;
}

function factsOf(node: NodeDetailView, clock: Clock) {
  const image = node.image?.replace(/-v\d+$/, '');
  const facts: readonly (readonly [string, string, (string | undefined)?])[] = [
    ['Image', node.image ?? 'nothing', image && `/environments/${encodeURIComponent(image)}`],
    ...aheadOf(node, image, clock),
    ['Power', node.power],
    ['Pool', node.pool, `/pools/${node.poolId}`],
    ['Size', sizeText(node)],
    [
      'Place',
      node.rack === null ? 'in no rack' : `${node.rack}${node.unit === null ? '' : `, unit ${node.unit}`}`,
      `/nodes/places?node=${encodeURIComponent(node.name)}`,
    ],
    ['Network card', node.mac],
    ...(node.hardware ? [['BMC', node.hardware.bmcHost, `/nodes/${node.id}/hardware`] as const] : []),
    ['Load', `number ${node.load}${node.tainted ? ', used' : ''}`],
  ];
  return facts.map(([name, value, href]) => ({ name, value, href: href ?? null }));
}

/** Why it holds what it holds, or what it is to hold next. */
function aheadOf(
  { aim, state, nextImage, holder }: NodeDetailView,
  image: string | undefined,
  clock: Clock,
): [string, string, string][] {
  if (nextImage !== null || !['available', 'reserved', 'inuse', 'reloading'].includes(state)) return [];
  const stays = holder ? 'the same again' : 'what it was loaded with last';
  const says = aim && aimWords(aim.because, (at) => clock.when(at).text);
  if (state === 'available' && aim !== null && aim.image === (image ?? null))
    return [['Why that image', `${says?.slice(0, 1).toUpperCase()}${says?.slice(1)}`, '/prediction']];
  if (aim === null) return [[holder ? 'Next image' : 'Why that image', stays, '/prediction']];
  return [['Next image', `${aim.image ?? 'none'}: ${says}`, '/prediction']];
}

interface Order {
  readonly action: NodeAction;
  readonly label: string;
  readonly icon: string;
  readonly danger: boolean;
}

/** What makes sense in its state; the service decides. */
function ordersOf({ state, leaves, power, holder, hardware }: NodeDetailView): Order[] {
  const isOut = leaves !== null || state === 'maintenance' || state === 'deprovisioning';
  const order = (action: NodeAction, label: string, icon: string, danger = false): Order => ({
    action,
    label,
    icon,
    danger,
  });
  const offMakesSense = isOut || state === 'failed' || holder !== null;
  return [
    ...(isOut ? [order('service', 'Back to service', 'play')] : []),
    ...(state === 'failed' ? [order('service', 'Try again', 'refresh')] : []),
    ...(isOut ? [] : [order('reload', 'Load anew', 'refresh')]),
    ...(power === 'on'
      ? [order('reset', 'Switch off and on', 'power')]
      : [order('power-on', 'Switch on', 'power')]),
    ...(power === 'on' && offMakesSense ? [order('power-off', 'Switch off', 'power')] : []),
    ...(hardware ? [order('identify', 'Light its lamp', 'lamp')] : []),
    ...(isOut ? [] : [order('maintenance', 'Maintenance', 'pause')]),
    order('delete', 'Remove', 'close', true),
  ];
}

/** Where a time lies in the next 24 hours, in 1/1000 of them. */
function place(time: number, now: number): number {
  return Math.round((Math.min(Math.max(time - now, 0), dayMs) / dayMs) * 1000);
}

const outWords = { maintenance: 'Maintenance', off: 'Maintenance, switched off', delete: 'Removed' } as const;

/** Its time out of service, as far as that lies within the next 24 hours: nobody knows until when. */
function outLines({ outFrom, leaves, now }: NodeDetailView, clock: Clock): HoldLine[] {
  if (outFrom === null || outFrom > now + dayMs) return [];
  const x = place(outFrom, now);
  const what = outWords[leaves ?? 'maintenance'];
  return [{ what, href: null, start: clock.when(outFrom), end: null, x, width: 1000 - x, mine: 'out' }];
}

function holdLine(hold: NodeHoldView, now: number, clock: Clock): HoldLine {
  const at = (time: number) => place(time, now);
  const { reservationId, user, image, purpose } = hold;
  return {
    what: reservationId === null ? purpose : `${image} for ${user}`,
    href: reservationId === null ? null : `/reservations/${reservationId}`,
    start: clock.when(hold.start),
    end: clock.when(hold.end),
    x: at(hold.from),
    width: Math.max(3, at(hold.until) - at(hold.from)),
    mine: purpose === 'reservation' ? 'reservation' : 'other',
  };
}

function hoursOf(now: number, clock: Clock): { x: number; label: string }[] {
  const step = 4 * 3_600_000;
  const first = Math.ceil(now / 3_600_000) * 3_600_000;
  return Array.from({ length: 6 }, (_, index) => {
    const at = first + index * step;
    return { x: Math.round(((at - now) / dayMs) * 1000), label: clock.when(at).text.slice(-5) };
  });
}
