/** What an image may be called in addresses, commands and file names. */
export const imageName = /^[a-z][a-z0-9-]{0,59}$/;
export const imageNameWanted = 'A letter, then letters, digits or hyphens; lower case, at most 60.';
export const mostTitle = 120;

/** What is wrong with a title, in words; null when nothing is: it needs a letter or a digit, in any script. */
export function titleFault(title: string): string | null {
  if (title.length > mostTitle) return `At most ${mostTitle} characters.`;
  if (/\p{Cc}/u.test(title)) return 'Without control characters.';
  return /[\p{L}\p{N}]/u.test(title) ? null : `What people read: a letter or a digit at least.`;
}

/** Letters of other scripts and digits that look like Latin letters (Unicode TR 39, the part of it that titles need). */
const looksLike: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'l', i: 'l', '|': 'l', '5': 's' },
  ...{
    а: 'a',
    в: 'b',
    с: 'c',
    е: 'e',
    н: 'h',
    к: 'k',
    м: 'm',
    о: 'o',
    р: 'p',
    т: 't',
    у: 'y',
    х: 'x',
    і: 'l',
    ѕ: 's',
  },
  ...{ α: 'a', β: 'b', ε: 'e', ι: 'l', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x' },
};

/** Two names that people would mistake for each other have the same skeleton. */
export function skeleton(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return Array.from(plain.replace(/[\s\p{P}\p{Cf}]+/gu, ''), (letter) => looksLike[letter] ?? letter).join(
    '',
  );
}

/** `Physics lab 2026` -> `physics-lab-2026`; empty when nothing of the title may be in a name. */
export function nameFromTitle(title: string): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
}
