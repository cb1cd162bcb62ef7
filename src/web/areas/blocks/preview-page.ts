import { counted } from '../../../domain/counted.ts';
import type { BlockPreview, PreviewDate } from '../../../services/block-views.ts';
import type { DateChoice } from '../../../services/blocks.ts';
import type { Refusal } from '../../refusal.ts';
import { dateText } from '../courses/pages.ts';
import type { TypedBlock } from './forms.ts';
import { type StripCell, strip, timesText } from './pages.ts';

export interface PreviewLine {
  readonly start: number;
  readonly date: string;
  readonly time: string;
  readonly says: string;
  readonly tone: StripCell['tone'];
  readonly choices: readonly { readonly value: string; readonly label: string; readonly chosen: boolean }[];
}

export interface PreviewPage {
  readonly course: string;
  readonly what: string;
  readonly when: string;
  readonly summary: string;
  readonly short: number;
  readonly warnings: readonly string[];
  readonly strip: readonly StripCell[];
  readonly lines: readonly PreviewLine[];
  /** Everything that was typed, to be sent again. */
  readonly hidden: readonly { readonly name: string; readonly value: string }[];
  readonly again: string;
  readonly form: string;
  readonly action: string;
  readonly button: string;
  readonly refusal: Refusal | null;
}

export interface PreviewOver {
  readonly typed: TypedBlock;
  readonly choices: readonly DateChoice[];
  readonly id: number | null;
  readonly version: number | null;
  readonly refusal: Refusal | null;
}

export function previewPage(preview: BlockPreview, over: PreviewOver): PreviewPage {
  const { typed, choices, id, version, refusal } = over;
  const { dates, fitting, short, course, image, when, warnings } = preview;
  const base = id === null ? '/blocks' : `/blocks/${id}`;
  const wishes = dates.length - dates.filter(({ fit }) => fit === 'skipped').length;
  const left = dates.length - wishes;
  return {
    ...{ course: course.name, when, short, warnings, refusal },
    what: `${counted(Number(typed.seats), 'seat')} with ${image.title}`,
    summary: `${fitting} of ${counted(wishes, 'date')} fit${left > 0 ? `, ${left} left out` : ''}.`,
    strip: strip(
      dates.map((date) => ({ date: date.date, tone: date.fit, mark: markOf(date), says: fitText(date) })),
    ),
    lines: dates.map((date) => previewLine(date, course.timeZone, choices)),
    hidden: [
      ...Object.entries(typed).flatMap(([name, value]) =>
        [value].flat().map((one) => ({ name, value: String(one) })),
      ),
      ...(version === null ? [] : [{ name: 'version', value: String(version) }]),
    ],
    again: `${base}/preview`,
    form: id === null ? '/blocks/ask' : `${base}/edit`,
    action: id === null ? '/blocks' : `${base}/change`,
    button: id === null ? 'Ask for it' : 'Change it',
  };
}

function previewLine(date: PreviewDate, zone: string, choices: readonly DateChoice[]): PreviewLine {
  const choice = choices.find(({ start }) => start === date.start);
  const chosen = choice === undefined ? '' : choiceValue(choice);
  const offers = [
    { value: '', label: 'As asked' },
    ...(date.fit === 'fewer'
      ? [{ value: `seats:${date.fitting}`, label: `${counted(date.fitting, 'seat')}` }]
      : []),
    ...date.others.map(({ name, title }) => ({ value: `image:${name}`, label: `${title} instead` })),
    { value: 'skip', label: 'Leave it out' },
  ];
  const known = offers.some(({ value }) => value === chosen);
  const own = known ? [] : [{ value: chosen, label: `${counted(date.seats, 'seat')}, ${date.image.title}` }];
  return {
    start: date.start,
    date: dateText(date.date),
    time: timesText(date, zone),
    says: fitText(date),
    tone: date.fit,
    choices: [...offers, ...own].map((one) => ({ ...one, chosen: one.value === chosen })),
  };
}

/** As the select of a date says it. */
export function choiceValue({ skip, seats, image }: DateChoice): string {
  if (skip) return 'skip';
  if (seats !== undefined) return `seats:${seats}`;
  return image === undefined ? '' : `image:${image}`;
}

function fitText({ fit, seats, fitting, says }: PreviewDate): string {
  if (fit === 'fits') return `${counted(seats, 'seat')}: fits`;
  if (fit === 'skipped') return 'Left out';
  return says ?? (fit === 'none' ? 'No machine is free.' : `${fitting} of ${seats} are free.`);
}

const markOf = ({ fit, fitting }: PreviewDate) =>
  ({ fits: '✓', fewer: String(fitting), none: '×', skipped: '–' })[fit];
