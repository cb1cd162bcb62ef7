import { type HeldFor, holders, mostLookedAt } from '../../../db/queries/holders.ts';
import { countFree } from '../../../db/repositories/candidates.ts';
import type { Reader } from '../../../db/transaction.ts';
import { counted } from '../../domain/counted.ts';
import { type Alternative, type ErrorCode, LabError } from '../../domain/errors.ts';
import type { SignedIn } from '../views.ts';
import { nextTimes, shorterOne, waitInstead, wayOn } from './alternatives.ts';
import type { Asked, Impossible } from './decide.ts';
import { whyNotOnOwnDisks } from './own-disks.ts';

/** Refusals that another time can help. */
const ofTheTime: ReadonlySet<ErrorCode> = new Set([
  'reservation.limit-overlap',
  'reservation.image-limit',
  'reservation.no-machine',
]);

/**
 * A refusal in words, with what could be had instead or done about it: never nothing. It reads much: ask outside of the transaction that
 * was refused.
 */
export async function explain(
  reader: Reader,
  me: SignedIn,
  { refusal, asked }: Impossible,
): Promise<LabError> {
  if (asked === null || !ofTheTime.has(refusal.code)) return withAlternatives(refusal, wayOn(refusal, asked));
  const say = asked.parts.length > 0 ? togetherSays : machinesSay;
  const said = refusal.code === 'reservation.no-machine' ? await say(reader, asked) : refusal;
  if (said.code === 'reservation.no-machine-ever') return withAlternatives(said, wayOn(said, asked));
  const wait = said.code === 'reservation.limit-overlap' ? [] : waitInstead(asked);
  const shorter = said === refusal ? [] : await shorterOne(reader, asked);
  const times = await nextTimes(reader, me, asked);
  return withAlternatives(said, [...wait, ...shorter, ...times, ...wayOn(said, asked)]);
}

function withAlternatives(error: LabError, more: readonly Alternative[]): LabError {
  const { code, cause, facts, fields, message: detail, alternatives } = error;
  return new LabError(code, { cause, facts, fields, detail, alternatives: [...alternatives, ...more] });
}

/** What keeps the machines, where it is not a person who has them, has a code of its own: refusals are counted by it. */
const codes: Readonly<Record<HeldFor, ErrorCode>> = {
  people: 'reservation.no-machine',
  class: 'reservation.class-window',
  maintenance: 'reservation.maintenance',
  closed: 'reservation.closed',
  service: 'reservation.no-machine',
  'out-of-order': 'reservation.out-of-order',
};

async function machinesSay(reader: Reader, asked: Asked): Promise<LabError> {
  const { plan, want, hold, count, kept } = asked;
  const title = plan.image.title;
  const counts = await holders(reader, { ...want, exceptNodes: [] }, hold(false));
  const all = [...counts.values()].reduce((sum, each) => sum + each, 0);
  if (all === 0) {
    const detail = await whyNotOnOwnDisks(reader, title, plan.ownDisks);
    return new LabError('reservation.no-machine-ever', detail === null ? {} : { detail });
  }
  const free = counts.get('free') ?? 0;
  if (kept.length > 0 && free > 0)
    return new LabError('reservation.no-machine', { detail: promised(title, free) });
  const taken = [...counts].filter(([why]) => why !== 'free') as [HeldFor, number][];
  // of as many, what no person has goes first: the order in which rows come says nothing
  const most = taken.toSorted(([x, a], [y, b]) => b - a || Number(x === 'people') - Number(y === 'people'));
  const [why] = most[0] ?? ['people' as const];
  const detail = free > 0 ? tooFew(title, count, free, all) : sentence(title, most, all, asked.startsNow);
  return new LabError(codes[why], { detail });
}

/** Of several machines that are had together: that there are too few of them, or too few of one kind. */
async function togetherSays(reader: Reader, asked: Asked): Promise<LabError> {
  const { plan, parts, hold } = asked;
  const title = plan.image.title;
  const total = parts.reduce((sum, { names }) => sum + names.length, 0);
  let most = 0;
  let short: string | null = null;
  for (const { want, names, plan: own } of parts) {
    const { free, all } = await countFree(reader, want, hold(asked.startsNow));
    const needs = names.length;
    if (all < needs)
      return new LabError('reservation.no-machine-ever', {
        detail: tooFew(own.image.title, needs, free, all),
      });
    if (free < needs)
      short ??= `${title} takes ${counted(needs, 'machine')} of ${own.image.title}: ${free === 0 ? 'none' : `only ${free}`} can be had ${asked.startsNow ? 'now' : 'then'}.`;
    most = Math.max(most, all);
  }
  if (most < total)
    return new LabError('reservation.no-machine-ever', {
      detail: `${title} takes ${total} machines together: there are only ${most}.`,
    });
  const detail =
    short ??
    `${title} takes ${total} machines together in one pool: fewer are free ${asked.startsNow ? 'now' : 'then'}.`;
  return new LabError('reservation.no-machine', { detail });
}

function promised(title: string, free: number): string {
  const which = free === 1 ? 'The one machine' : `The ${free} machines`;
  return `${which} for ${title} that could be had ${free === 1 ? 'is' : 'are'} kept for those who wait already.`;
}

function tooFew(title: string, count: number, free: number, all: number): string {
  if (count > all) return `There are only ${counted(all, 'machine')} for ${title}.`;
  return count === 1
    ? `No machine for ${title} is free in all of that time.`
    : `Only ${free} of ${counted(all, 'machine')} for ${title} can be had then.`;
}

/** "is" or "are" with what is so of them. */
const states: Readonly<Record<HeldFor, string>> = {
  people: 'taken',
  class: 'kept for a class',
  maintenance: 'in maintenance',
  closed: 'closed',
  service: 'kept for other work',
  'out-of-order': 'out of order',
};

/** "All 12 machines for Debian are taken then.", "Of 12 machines for Debian 8 are taken and 4 are kept for a class then." */
function sentence(
  title: string,
  kept: readonly (readonly [HeldFor, number])[],
  all: number,
  startsNow: boolean,
): string {
  const when = startsNow ? 'now' : 'then';
  const [only, ...others] = kept;
  if (!only) return `No machine for ${title} is free ${when}.`;
  if (others.length === 0) {
    if (all === 1) return `The one machine for ${title} is ${states[only[0]]} ${when}.`;
    const number = all < mostLookedAt ? `${all} ` : '';
    return `All ${number}machines for ${title} are ${states[only[0]]} ${when}.`;
  }
  if (all >= mostLookedAt) {
    const rest = others.map(([why]) => states[why]).join(' or ');
    return `Most machines for ${title} are ${states[only[0]]} ${when}, the others are ${rest}.`;
  }
  const parts = kept.map(([why, n]) => `${n} ${n === 1 ? 'is' : 'are'} ${states[why]}`);
  const last = parts.pop();
  return `Of ${all} machines for ${title} ${parts.join(', ')} and ${last} ${when}.`;
}
