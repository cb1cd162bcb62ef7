import type { EventRow, ReservationListRow } from '../../../db/queries/reservations.ts';
import type { CaptureView } from '../views.ts';

type Titles = readonly (readonly [step: string, title: string])[];

const titlesOfVirtual: Titles = [
  ['cleaning the copy', 'Cleaning a copy'],
  ['shutting down', 'Shutting down'],
  ['saving the disk', 'Saving the disk'],
  ['checking the image', 'Checking'],
];
/** What is on a disk of its own is cleaned where it was copied to. */
const titlesOfMetal: Titles = [
  ['shutting down', 'Shutting down'],
  ['switching on', 'Starting from the network'],
  ['saving the disk', 'Saving the disk'],
  ['cleaning the copy', 'Cleaning a copy'],
  ['trying the image', 'Trying it out'],
];
const goingOn = 'Starting again';

/** What the machine is being saved as and how far that has got; null when it is not being saved. Pure. */
export function captureView(
  row: ReservationListRow,
  events: readonly EventRow[],
  bareMetal: boolean,
): CaptureView | null {
  const { state, capture_number: revision, capture_image: name, capture_title: title } = row;
  if ((state !== 'image' && state !== 'checkpoint') || revision === null || name === null || title === null)
    return null;
  const goesOn = state === 'checkpoint';
  const failure = row.capture_failure;
  const titles = bareMetal ? titlesOfMetal : titlesOfVirtual;
  const { reached, fraction } = progressOf(events, titles);
  const steps = [...titles.map(([, step]) => step), ...(goesOn ? [goingOn] : [])];
  const now = failure === null ? 'now' : 'failed';
  return {
    image: { name, title },
    revision,
    goesOn,
    failure,
    fraction: failure === null ? fraction : null,
    steps: steps.map((step, index) => ({
      title: step,
      state: index < reached ? 'done' : index === reached ? now : 'todo',
    })),
  };
}

/** The newest try counts, and in it the newest step: a try that is begun anew goes through them again. */
function progressOf(
  events: readonly EventRow[],
  titles: Titles,
): { reached: number; fraction: number | null } {
  const asked = events.findLastIndex((one) => one.kind === 'capture-asked' || one.kind === 'saves-itself');
  const mine = events.slice(asked + 1);
  if (mine.some((one) => one.kind === 'captured')) return { reached: titles.length, fraction: null };
  for (const event of mine.toReversed()) {
    if (event.kind !== 'progress') continue;
    const { step, fraction = null } = JSON.parse(event.data) as { step?: string; fraction?: number };
    const reached = titles.findIndex(([said]) => said === step);
    if (reached >= 0) return { reached, fraction };
  }
  return { reached: 0, fraction: null };
}
