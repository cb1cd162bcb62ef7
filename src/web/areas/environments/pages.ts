import type { ImageView } from '../../../services/views.ts';
import { lengthOf, roughly } from '../../assets/js/words.js';
import { costSentence } from '../../cost-words.ts';
import { sizeParts, sizesText } from '../../machine-size.ts';
import type { ErrorPage } from '../errors/pages.ts';
import { nearest } from './nearest.ts';
import type { QrPicture } from './qr-picture.ts';

/** An environment as a card shows it. */
export interface EnvironmentCard {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly icon: string;
  readonly simulated: boolean;
  /** "Ready in about 3 s". */
  readonly badge: { readonly text: string; readonly free: boolean };
  readonly start: StartButton;
  readonly minutes: number;
  readonly length: string;
  /** "1 CPU, 512 MB memory, 10 GB disk"; null where no machine can run it. */
  readonly size: string | null;
  /** What starting it takes of one's hours for a course; null: nothing. */
  readonly cost: string | null;
}

/** What the page offers: to start it now, to open what stands in the way, to book it for later, or nothing. */
export interface StartButton {
  readonly now: boolean;
  readonly instead: { readonly label: string; readonly href: string } | null;
  readonly later: boolean;
  /** Why it cannot be started now; null when it can, or when the badge says so. */
  readonly why: string | null;
}

export interface EnvironmentsPage {
  readonly search: string;
  readonly cards: readonly EnvironmentCard[];
  /** A fresh key for each page: a form that is sent twice reserves once. */
  readonly once: string;
}

export interface EnvironmentPage {
  readonly card: EnvironmentCard;
  readonly notes: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly mayImage: boolean;
  readonly link: string;
  readonly qr: QrPicture;
  readonly once: string;
}

export interface StartPage {
  readonly card: EnvironmentCard;
  readonly once: string;
}

export function environmentCard(image: ImageView): EnvironmentCard {
  const { name, title, description, icon, simulated, usualMinutes, sizes } = image;
  const badge = badgeOf(image);
  return {
    name,
    title,
    description,
    icon,
    simulated,
    badge,
    start: startButton(image),
    minutes: usualMinutes,
    length: lengthOf(usualMinutes),
    size: sizes === null ? null : sizesText(sizes),
    cost: image.costs && costSentence(image.costs, usualMinutes),
  };
}

function startButton({ revision, machines, readyIn, hindrance }: ImageView): StartButton {
  const later = revision !== null && machines > 0;
  const other = later ? (hindrance?.other ?? null) : null;
  return {
    now: later && hindrance === null && readyIn !== null,
    instead: other === null ? null : { label: other.label, href: `/reservations/${other.reservationId}` },
    later,
    why: hindrance?.text ?? null,
  };
}

function badgeOf({ revision, machines, disarmed, readyIn }: ImageView): EnvironmentCard['badge'] {
  if (revision === null) return { text: 'Not ready to be used yet', free: false };
  if (machines === 0) return { text: 'No machine can run it', free: false };
  if (disarmed) return { text: 'Disarmed', free: false };
  if (readyIn === null) return { text: 'All machines in use', free: false };
  return { text: readyIn < 1000 ? 'Ready at once' : `Ready in about ${roughly(readyIn)}`, free: true };
}

export function environmentPage(
  image: ImageView,
  link: string,
  qr: QrPicture,
  once: string,
  mayImage: boolean,
): EnvironmentPage {
  const facts = [
    ...machineFacts(image),
    { name: 'Machines', value: `${image.freeNow} of ${image.machines} free now` },
    { name: 'At most', value: `${lengthOf(image.mostMinutes)} at first` },
  ];
  return {
    card: environmentCard(image),
    notes: image.notes,
    facts,
    link,
    qr,
    once,
    mayImage: mayImage && !image.simulated,
  };
}

/** What one gets; of an environment that no machine can run, what it needs. */
function machineFacts({ sizes, together, ...needs }: ImageView): EnvironmentPage['facts'] {
  const { cpus, memory, disk } = sizeParts(sizes ?? { least: needs, most: needs });
  const atLeast = sizes === null ? 'at least ' : '';
  return [
    ...(together > 1 ? [{ name: 'Together', value: `${together} machines, which know one another` }] : []),
    { name: 'Processors', value: `${atLeast}${cpus}` },
    { name: 'Memory', value: `${atLeast}${memory}` },
    { name: 'Disk', value: `${atLeast}${disk}` },
  ];
}

/** `way`: where the links to those that are like it lead, as the one that was followed. */
export function missingPage(
  name: string,
  images: readonly ImageView[],
  way: 'environments' | 'start',
): ErrorPage {
  const near = nearest(name, images);
  const perhaps = near.length === 0 ? '' : ' Perhaps it is called otherwise now:';
  return {
    title: 'No such environment',
    sentence: `There is no environment “${name}” that you may use. It may have been renamed or removed.${perhaps}`,
    fields: [],
    alternatives: near.map((image) => ({
      href: `/${way}/${encodeURIComponent(image.name)}`,
      label: image.title,
    })),
    request: null,
    way: { href: '/environments', label: 'All environments' },
  };
}
