import type { NodeAction } from '../../../services/services.ts';
import type { NodeDetailView, NodeHoldView, NodeLoadView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { sizeOf } from './list-page.ts';
import { type NodeStateWord, nodeStateWords } from './node-words.ts';

export interface NodePage {
  readonly id: number;
  readonly name: string;
  readonly state: NodeStateWord;
  readonly since: When;
  readonly simulated: boolean;
  /** What it does now, in a sentence or two. */
  readonly now: readonly string[];
  readonly failure: string | null;
  readonly holder: { readonly href: string; readonly user: string; readonly until: When } | null;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly orders: readonly {
    readonly href: string;
    readonly label: string;
    readonly icon: string;
    readonly danger: boolean;
  }[];
  readonly holds: readonly HoldLine[];
  /** Hours of the strip: where they lie, in 1/1000 of its width. */
  readonly hours: readonly { readonly x: number; readonly label: string }[];
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
  readonly end: When;
  /** In 1/1000 of 24 hours. */
  readonly x: number;
  readonly width: number;
  readonly mine: 'reservation' | 'other';
}

interface LoadLine {
  readonly when: When;
  readonly why: string;
  readonly image: string | null;
  readonly took: string | null;
  readonly phases: readonly { readonly step: string; readonly took: string }[];
  readonly failure: string | null;
}

const dayMs = 86_400_000;

export function nodePage(node: NodeDetailView, clock: Clock): NodePage {
  const { id, name, holder } = node;
  return {
    ...{ id, name, simulated: node.simulated, failure: node.failure },
    state: nodeStateWords[node.state],
    since: clock.when(node.since),
    now: nowOf(node),
    holder: holder && {
      href: `/reservations/${holder.reservationId}`,
      user: holder.user,
      until: clock.when(holder.end),
    },
    facts: factsOf(node),
    orders: ordersOf(node).map((order) => ({
      ...order,
      href: `/nodes/orders?id=${id}&action=${order.action}`,
    })),
    holds: node.schedule.map((hold) => holdLine(hold, node.now, clock)),
    hours: hoursOf(node.now, clock),
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

function nowOf({ work, leaves, because, holder, nextImage, state, coming }: NodeDetailView): string[] {
  const says: string[] = [];
  if (work) says.push(`${work.title}${work.running || !work.because ? '' : ` (waiting: ${work.because})`}.`);
  if (leaves && state !== 'maintenance')
    says.push(`${leaving[leaves]}${holder ? ` after the reservation of ${holder.user}` : ''}.`);
  if (leaves && because) says.push(`Why: ${because}`);
  if (nextImage !== null)
    says.push(`It is loaded anew with ${nextImage}${holder ? ' after this reservation' : ''}.`);
  if (coming > 0) says.push(coming === 1 ? 'One booking lies ahead.' : `${coming} bookings lie ahead.`);
  return says;
}

function factsOf(node: NodeDetailView) {
  const facts: readonly [string, string][] = [
    ['Image', node.image ?? 'nothing'],
    ['Power', node.power],
    ['Pool', node.pool],
    ['Size', `${sizeOf(node)}, ${Math.round(node.diskMb / 1024)} GB disk`],
    ['Network card', node.mac],
    ['Load', `number ${node.load}${node.tainted ? ', used' : ''}`],
  ];
  return facts.map(([name, value]) => ({ name, value }));
}

interface Order {
  readonly action: NodeAction;
  readonly label: string;
  readonly icon: string;
  readonly danger: boolean;
}

/** What makes sense in its state; the service decides. */
function ordersOf({ state, leaves, power, holder }: NodeDetailView): Order[] {
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
    ...(isOut ? [] : [order('maintenance', 'Maintenance', 'pause')]),
    order('delete', 'Remove', 'close', true),
  ];
}

function holdLine(hold: NodeHoldView, now: number, clock: Clock): HoldLine {
  const at = (time: number) => Math.round((Math.min(Math.max(time - now, 0), dayMs) / dayMs) * 1000);
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

function loadLine({ at, why, image, milliseconds, phases, failure }: NodeLoadView, clock: Clock): LoadLine {
  return {
    when: clock.when(at),
    ...{ why, image, failure },
    took: milliseconds === null ? null : seconds(milliseconds),
    phases: phases.map(({ step, milliseconds: ms }) => ({ step, took: ms === null ? '…' : seconds(ms) })),
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
