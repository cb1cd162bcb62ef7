/** Where a machine stands: the name of a rack, and its unit counted from the bottom. */
export const mostUnits = 60;
const rackRule = /^[^\p{C},;"]{1,40}$/u;

/** What is wrong with a place, in a sentence; null when nothing is. */
export function whyNoPlace({
  rack,
  unit,
}: {
  readonly rack: string | null;
  readonly unit: number | null;
}): string | null {
  if (rack === null) return unit === null ? null : 'A unit without a rack says little: name the rack.';
  if (!rackRule.test(rack))
    return 'A rack’s name has at most 40 characters, without commas and quotation marks.';
  if (unit === null || (Number.isInteger(unit) && unit >= 1 && unit <= mostUnits)) return null;
  return `A unit is a number from 1 (at the bottom) to ${mostUnits}.`;
}

/** A place as it was typed; `unit` is NaN for what is no number. */
export function placeOf({ rack = '', unit = '' }: { rack?: string | undefined; unit?: string | undefined }) {
  return { rack: rack.trim() || null, unit: unit.trim() === '' ? null : Number(unit) };
}
