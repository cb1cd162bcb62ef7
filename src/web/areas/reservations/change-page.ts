/** The form that changes a booking which has not begun to load. */

import type { Alternative, FieldErrors } from '../../../domain/errors.ts';
import type { ReservationView, Verdict } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { costSentence } from '../../cost-words.ts';
import type { Refusal } from '../../refusal.ts';
import { labelOf, wayTo } from '../../way-to.ts';

/** As it was typed. */
export interface TypedChange {
  readonly image: string;
  readonly start: string;
  readonly minutes: string;
}

export interface ChangeVerdictRegion {
  readonly verdict: {
    readonly possible: boolean;
    /** Empty after a refusal, which stands above the form. */
    readonly text: string;
    readonly more: readonly string[];
    readonly until: When | null;
    /** What would work: the way to this form with it filled in, or to what stands in the way. */
    readonly alternatives: readonly { readonly label: string; readonly href: string }[];
  };
}

export interface ChangePage extends ChangeVerdictRegion {
  readonly href: string;
  readonly title: string;
  readonly images: readonly { readonly name: string; readonly title: string }[];
  readonly typed: TypedChange;
  readonly version: string;
  readonly zoneName: string;
  readonly earliest: string;
  readonly message: string | null;
  readonly fields: FieldErrors;
}

export interface ChangeFacts {
  readonly reservation: ReservationView;
  readonly images: readonly { readonly name: string; readonly title: string }[];
  readonly typed: TypedChange;
  readonly verdict: Verdict;
  readonly refusal: Refusal | null;
  readonly version: string;
}

export function changePage(facts: ChangeFacts, clock: Clock): ChangePage {
  const { reservation, images, typed, verdict, refusal, version } = facts;
  const { image } = reservation;
  return {
    href: hrefOf(reservation.id),
    title: image.title,
    images: images.some(({ name }) => name === image.name) ? images : [image, ...images],
    ...{ typed, version },
    zoneName: clock.zoneName,
    earliest: clock.localInput(clock.now),
    message: refusal?.message ?? null,
    fields: refusal?.fields ?? {},
    ...changeVerdict(reservation.id, typed, refusal === null ? verdict : refused(refusal), clock),
  };
}

/** What was missing stands above the form already: beside it is what would work. */
function refused({ alternatives }: Refusal): Verdict {
  return {
    ...{ possible: false, text: '', readyAt: null, end: null, alternatives, fields: {} },
    ...{ code: null, free: null, machines: null, costs: null },
  };
}

export function changeVerdict(
  id: number,
  typed: TypedChange,
  verdict: Verdict,
  clock: Clock,
): ChangeVerdictRegion {
  const { possible, text, end, fields, costs } = verdict;
  return {
    verdict: {
      ...{ possible, text },
      more: [
        ...(possible && costs ? [costSentence(costs, costs.minutes)] : []),
        ...Object.values(fields).filter((sentence) => sentence !== text),
      ],
      until: possible && end !== null ? clock.when(end) : null,
      alternatives: verdict.alternatives.map((one) => alternative(id, typed, one, clock)),
    },
  };
}

function alternative(id: number, typed: TypedChange, one: Alternative, clock: Clock) {
  const label = labelOf(one, clock);
  const way = wayTo(one);
  if (way !== null) return { label, href: way };
  const filled = new URLSearchParams({
    image: one.image ?? typed.image,
    start: one.start === undefined ? typed.start : clock.localInput(one.start),
    minutes: String(one.minutes ?? typed.minutes),
  });
  return { label, href: `${hrefOf(id)}/change?${filled.toString()}` };
}

const hrefOf = (id: number) => `/reservations/${id}`;
