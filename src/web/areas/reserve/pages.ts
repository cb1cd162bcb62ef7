import type { Alternative, FieldErrors } from '../../../domain/errors.ts';
import type { ImageView, Verdict } from '../../../services/views.ts';
import { lengthOf } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import { costSentence } from '../../cost-words.ts';
import type { Refusal } from '../../refusal.ts';
import { labelOf, wayTo } from '../../way-to.ts';
import { type Times, type Typed, timesIn } from './forms.ts';

export interface VerdictRegion {
  readonly verdict: VerdictPanel | null;
}

export interface VerdictPanel {
  readonly possible: boolean;
  /** Empty after a refusal, which stands above the form. */
  readonly text: string;
  /** What it costs, or what is wrong exactly, where the text does not say it. */
  readonly more: readonly string[];
  /** "3 of 12 machines are free then." */
  readonly many: string | null;
  readonly until: When | null;
  readonly length: string | null;
  readonly alternatives: readonly AlternativeButton[];
}

/** What would work instead: a button that reserves it, or the way to what stands in the way. */
export interface AlternativeButton {
  readonly label: string;
  readonly href: string | null;
  readonly image: string;
  readonly minutes: string;
  readonly startAt: number | null;
  readonly imaging: boolean;
  /** It is no booking but a place in the line. */
  readonly waits: boolean;
}

export interface ReservePage extends VerdictRegion {
  readonly images: readonly { readonly name: string; readonly title: string; readonly chosen: boolean }[];
  readonly typed: Typed;
  readonly fields: FieldErrors;
  readonly message: string | null;
  /** Shown again, since it came too late. */
  readonly stale: boolean;
  readonly zoneName: string;
  readonly earliest: string;
  readonly mayImage: boolean;
  readonly quick: readonly { readonly minutes: number; readonly text: string }[];
  readonly once: string;
}

const quickLengths = [30, 60, 120, 240, 480];

export function verdictPanel(verdict: Verdict, typed: Typed, clock: Clock): VerdictPanel {
  const times = timesIn(typed, clock);
  const { minutes } = times;
  return {
    possible: verdict.possible,
    text: verdict.text,
    more: [
      ...(verdict.possible && verdict.costs ? [costSentence(verdict.costs, verdict.costs.minutes)] : []),
      ...Object.values(verdict.fields).filter((sentence) => !verdict.text.endsWith(sentence)),
    ],
    many: manyOf(verdict),
    until: verdict.possible && verdict.end !== null ? clock.when(verdict.end) : null,
    length: verdict.possible && typed.ends === 'after' && minutes > 0 ? lengthOf(minutes) : null,
    alternatives: verdict.alternatives.map((one) => alternativeButton(one, typed, times, clock)),
  };
}

function manyOf({ possible, free, machines, readyAt }: Verdict): string | null {
  if (!possible || free === null || machines === null || machines < 2) return null;
  const when = readyAt === null ? '' : ' for all of that time';
  return `${free} of ${machines} machines ${free === 1 ? 'is' : 'are'} free${when}.`;
}

function alternativeButton(
  alternative: Alternative,
  typed: Typed,
  times: Times,
  clock: Clock,
): AlternativeButton {
  const { kind, image, minutes = times.minutes, start = times.start } = alternative;
  return {
    label: labelOf(alternative, clock),
    href: wayTo(alternative),
    image: image ?? typed.image,
    minutes: Number.isNaN(minutes) ? typed.minutes : String(minutes),
    startAt: kind === 'image' || start === undefined || Number.isNaN(start) ? null : start,
    imaging: typed.imaging,
    waits: kind === 'wait',
  };
}

export interface ReserveFacts {
  readonly images: readonly ImageView[];
  readonly typed: Typed;
  readonly verdict: Verdict | null;
  readonly refusal: Refusal | null;
  readonly once: string;
  readonly mayImage: boolean;
}

export function reservePage(
  { images, typed, verdict, refusal, once, mayImage }: ReserveFacts,
  clock: Clock,
): Omit<ReservePage, 'stale'> {
  const chosen = images.find(({ name }) => name === typed.image);
  const most = chosen?.mostMinutes ?? 0;
  return {
    images: images.map(({ name, title }) => ({ name, title, chosen: name === typed.image })),
    typed,
    fields: refusal?.fields ?? {},
    message: refusal?.message ?? null,
    zoneName: clock.zoneName,
    earliest: clock.localInput(clock.now),
    quick: quickLengths
      .filter((minutes) => minutes <= most)
      .map((minutes) => ({ minutes, text: lengthOf(minutes) })),
    verdict: verdict === null ? null : verdictPanel(verdict, typed, clock),
    once,
    mayImage,
  };
}
