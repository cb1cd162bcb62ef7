/** A load as one stacked bar of its phases above the usual one. `partials/load-bar` draws it. */
import { type LoadOutcome, type LoadPhase, type PhaseTime, phaseTitles } from '../domain/load-phases.ts';
import type { LoadView } from '../services/views.ts';
import type { StateWord } from './areas/reservations/state-words.ts';
import { took as roughly, timeLeft } from './assets/js/words.js';

/** A part of a bar, in 1/1000 of its width. */
export interface Segment {
  readonly phase: LoadPhase;
  readonly x: number;
  readonly width: number;
  /** "Writing 34 s". */
  readonly says: string;
  /** It goes on. */
  readonly now: boolean;
}

export interface LoadBar {
  readonly segments: readonly Segment[];
  readonly usual: readonly Segment[];
  readonly phases: readonly PhaseLine[];
  readonly total: string;
  /** "usually 2 min"; null while nobody knows. */
  readonly usualTotal: string | null;
  /** All of it in a sentence, for those who do not see it. */
  readonly label: string;
}

interface PhaseLine {
  readonly phase: LoadPhase;
  readonly title: string;
  readonly took: string;
  /** "112 MB/s"; null where nothing is written. */
  readonly rate: string | null;
  /** "usually 17 s", of one that took twice as long. */
  readonly slower: string | null;
}

export const outcomeWords: Readonly<Record<LoadOutcome, StateWord>> = {
  running: { word: 'Loading', tone: 'busy', icon: 'loading' },
  loaded: { word: 'Loaded', tone: 'ready', icon: 'check' },
  failed: { word: 'Failed', tone: 'bad', icon: 'alert' },
};

/** "2.9 s", "34 s", "2 min 05 s": to the second, for what is compared. */
export function took(milliseconds: number): string {
  return milliseconds < 100_000 ? roughly(milliseconds) : timeLeft(milliseconds);
}

const sum = (times: readonly PhaseTime[]) => times.reduce((all, { milliseconds }) => all + milliseconds, 0);

export function loadBar({ phases, usual, slower, milliseconds, outcome }: LoadView): LoadBar {
  const whole = Math.max(milliseconds, sum(usual), 1);
  const running = outcome === 'running';
  const lines = phases.map(({ phase, milliseconds: ms, bytes }) => {
    const before = slower.find((one) => one.phase === phase);
    return {
      ...{ phase, title: phaseTitles[phase], took: took(ms) },
      rate: rateOf(bytes, ms, running),
      slower: before ? `usually ${took(before.usual)}` : null,
    };
  });
  const usualTotal = usual.length === 0 ? null : `usually ${took(sum(usual))}`;
  const spoken = lines.map(({ title, took: time }) => `${title} ${time}`).join(', ');
  return {
    segments: segmentsOf(phases, whole, running),
    usual: segmentsOf(usual, whole, false),
    phases: lines,
    ...{ total: took(milliseconds), usualTotal },
    label: `${took(milliseconds)}: ${spoken}${usualTotal ? `; ${usualTotal}` : ''}`,
  };
}

function segmentsOf(times: readonly PhaseTime[], whole: number, running: boolean): Segment[] {
  const at = (milliseconds: number) => Math.round((milliseconds / whole) * 1000);
  let before = 0;
  return times.flatMap(({ phase, milliseconds }, index) => {
    const x = at(before);
    before += milliseconds;
    const now = running && index === times.length - 1;
    const width = Math.max(at(before) - x, now ? 4 : 0);
    return width === 0 ? [] : [{ phase, x, width, says: `${phaseTitles[phase]} ${took(milliseconds)}`, now }];
  });
}

/** Of what is written still nobody knows how much of it is. */
function rateOf(bytes: number | null, milliseconds: number, running: boolean): string | null {
  if (bytes === null || milliseconds < 100 || running) return null;
  const rate = bytes / 1000 / milliseconds;
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} MB/s`;
}
