import { skeleton } from '../../../domain/image-names.ts';
import type { ImageView } from '../../../services/views.ts';

const most = 3;
const alike = 0.35;

/** The environments whose name or title is like what was asked for, the likest first, at most three. */
export function nearest(wanted: string, images: readonly ImageView[]): ImageView[] {
  const asked = pairsOf(wanted);
  const ranked = images.map((image) => {
    return { image, rank: Math.max(likeness(asked, image.name), likeness(asked, image.title)) };
  });
  const near = ranked.filter(({ rank }) => rank >= alike).sort((a, b) => b.rank - a.rank);
  return near.slice(0, most).map(({ image }) => image);
}

/** The share of neighbouring letters that both have: 0 to 1. */
function likeness(asked: ReadonlySet<string>, other: string): number {
  const pairs = pairsOf(other);
  const common = [...asked].filter((pair) => pairs.has(pair)).length;
  return (2 * common) / (asked.size + pairs.size);
}

/** Its beginning and its end count as letters. */
function pairsOf(name: string): ReadonlySet<string> {
  const letters = ['^', ...skeleton(name), '$'];
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`));
}
