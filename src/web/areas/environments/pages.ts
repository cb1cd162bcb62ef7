import type { ImageView } from '../../../services/views.ts';
import { lengthOf, roughly } from '../../assets/js/words.js';
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
  readonly canStart: boolean;
  readonly minutes: number;
  readonly length: string;
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
  readonly link: string;
  readonly qr: QrPicture;
  readonly once: string;
}

export interface StartPage {
  readonly card: EnvironmentCard;
  readonly once: string;
}

export function environmentCard(image: ImageView): EnvironmentCard {
  const { name, title, description, icon, simulated, usualMinutes } = image;
  const badge = badgeOf(image);
  const canStart = image.revision !== null && image.machines > 0;
  return {
    name,
    title,
    description,
    icon,
    simulated,
    badge,
    canStart,
    minutes: usualMinutes,
    length: lengthOf(usualMinutes),
  };
}

function badgeOf({ revision, machines, readyIn }: ImageView): EnvironmentCard['badge'] {
  if (revision === null) return { text: 'Not ready to be used yet', free: false };
  if (machines === 0) return { text: 'No machine can run it', free: false };
  if (readyIn === null) return { text: 'All machines in use', free: false };
  return { text: readyIn < 1000 ? 'Ready at once' : `Ready in about ${roughly(readyIn)}`, free: true };
}

export function environmentPage(
  image: ImageView,
  link: string,
  qr: QrPicture,
  once: string,
): EnvironmentPage {
  const facts = [
    { name: 'Processors', value: String(image.cpus) },
    { name: 'Memory', value: `at least ${size(image.memoryMb)}` },
    { name: 'Disk', value: `at least ${size(image.diskMb)}` },
    { name: 'Machines', value: `${image.freeNow} of ${image.machines} free now` },
    { name: 'At most', value: `${lengthOf(image.mostMinutes)} at first` },
  ];
  return { card: environmentCard(image), notes: image.notes, facts, link, qr, once };
}

function size(megabytes: number): string {
  if (megabytes < 1024) return `${megabytes} MB`;
  return `${Number((megabytes / 1024).toFixed(1))} GB`;
}
