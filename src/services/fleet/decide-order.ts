import type { HolderRow, NodeFactsRow } from '../../../db/queries/node-detail.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { inWords } from '../../domain/time.ts';
import type { NodeOrder } from '../services.ts';

/** What an order comes to on one node: pages show `says` before it is done, reports afterwards. */
export interface Decision {
  readonly does: 'power' | 'load' | 'out' | 'back' | 'commission';
  readonly says: string;
  /** Whoever has it is told. */
  readonly tells: string | null;
  readonly endsReservation: boolean;
}

/** Throws LabError when it cannot be done: with `node.held` it names who has the node. */
export function decide(
  node: NodeFactsRow,
  holder: HolderRow | null,
  order: NodeOrder,
  now: number,
): Decision {
  if (node.state === 'host') throw state(node, 'is a host.');
  if (order.action === 'identify') return lamp;
  if (order.action === 'service') return back(node);
  if (holder && !order.when) throw held(node, holder, now);
  if (!holder) return idle(node, order);
  return order.when === 'after' ? after(node, holder, order, now) : atOnce(node, holder, order);
}

/** Nobody's work feels it. */
const lamp: Decision = {
  does: 'power',
  says: 'Its lamp is lit for four minutes.',
  tells: null,
  endsReservation: false,
};

function back(node: NodeFactsRow): Decision {
  const out = node.out_for !== null || ['maintenance', 'deprovisioning', 'failed'].includes(node.state);
  if (!out) throw state(node, 'is in service.');
  const says = node.state === 'failed' ? 'It is cleaned and loaded again.' : 'It comes back into service.';
  return { does: 'back', says, tells: null, endsReservation: false };
}

function idle(node: NodeFactsRow, { action }: NodeOrder): Decision {
  const quiet = { tells: null, endsReservation: false } as const;
  const isOut = node.out_for !== null || ['maintenance', 'deprovisioning'].includes(node.state);
  if (action === 'delete') return { does: 'out', says: `It is removed.${moved(node)}`, ...quiet };
  if (action === 'commission') {
    const says = isOut ? 'It is looked at and burnt in.' : `${commissioned('')}${moved(node)}`;
    return { does: 'commission', says, ...quiet };
  }
  if (action === 'maintenance') {
    if (isOut) throw state(node, 'is out of service already.');
    return { does: 'out', says: `It goes into maintenance.${moved(node)}`, ...quiet };
  }
  if (action === 'reload') {
    if (isOut) throw state(node, 'is out of service: taken back into service, it is loaded anew.');
    return { does: 'load', says: 'It is loaded anew.', ...quiet };
  }
  if (action === 'power-off' && !isOut && node.state !== 'failed')
    throw state(node, 'is kept on while it is in service: take it into maintenance first.');
  return { does: 'power', says: powerWords[action as Power], ...quiet };
}

type Power = keyof typeof powerWords;

const powerWords = {
  'power-on': 'It is switched on.',
  'power-off': 'It is switched off.',
  reset: 'It is switched off and on.',
} as const;

function after(node: NodeFactsRow, holder: HolderRow, { action }: NodeOrder, now: number): Decision {
  const then = `after the reservation of ${holder.user_name}, in ${inWords(holder.end_at - now)}`;
  const quiet = { tells: null, endsReservation: false } as const;
  const out = {
    maintenance: `It goes into maintenance ${then}.`,
    'power-off': `It goes into maintenance and is switched off ${then}.`,
    delete: `It is removed ${then}.`,
  };
  if (action === 'commission')
    return { does: 'commission', says: `${commissioned(` ${then}`)}${moved(node)}`, ...quiet };
  if (action in out)
    return { does: 'out', says: `${out[action as keyof typeof out]}${moved(node)}`, ...quiet };
  return { does: 'load', says: `It is loaded anew ${then}.`, ...quiet };
}

function atOnce(node: NodeFactsRow, holder: HolderRow, { action, reason = '' }: NodeOrder): Decision {
  if (reason.trim() === '') throw invalid('reason', `Say why: ${holder.user_name}, who has it, is told.`);
  const told = (what: string) => `An administrator ${what}: ${reason}`;
  const does = action in ending ? ending[action as keyof typeof ending] : 'power';
  if (does === 'power') {
    const words = powerWords[action as Power];
    return {
      does,
      says: `${words} ${holder.user_name} is told.`,
      tells: told(powerTold[action as Power]),
      endsReservation: false,
    };
  }
  const what = {
    out: action === 'delete' ? 'it is removed' : 'it goes into maintenance',
    load: 'it is loaded anew',
    commission: 'it is commissioned',
  };
  const says = `The reservation of ${holder.user_name} ends now and ${what[does]}. ${holder.user_name} is told.${moved(node)}`;
  return { does, says, tells: told('ended your reservation'), endsReservation: true };
}

/** What ends the reservation of whoever has it. */
const ending = { maintenance: 'out', delete: 'out', reload: 'load', commission: 'commission' } as const;

const powerTold = {
  'power-on': 'switched your machine on',
  'power-off': 'switched your machine off',
  reset: 'switched your machine off and on',
} as const;

function commissioned(when: string): string {
  return `It is taken out of service, looked at and burnt in${when}; when it passes it comes back.`;
}

function moved({ coming }: NodeFactsRow): string {
  if (coming === 0) return '';
  return coming === 1 ? ' Its coming booking is moved.' : ` Its ${coming} coming bookings are moved.`;
}

function state({ name }: NodeFactsRow, is: string): LabError {
  return new LabError('node.state', { detail: `${name} ${is}` });
}

function held({ name }: NodeFactsRow, holder: HolderRow, now: number): LabError {
  const detail = `${holder.user_name} has ${name} for another ${inWords(holder.end_at - now)}: say "after" for after this reservation, or "now" with a reason.`;
  return new LabError('node.held', { detail, facts: { reservation: holder.reservation_id } });
}
