/**
 * What a group allows its people (VCL's four limits, vcl.md 8.1, and two of ours). `null` means no limit.
 * A person's limit is the most that any of their groups allows (VCL getUserMaxTimes: MAX over groups).
 */
export interface Limits {
  /** Longest first booking, in minutes. */
  readonly initialMinutes: number | null;
  /** Longest reservation with all its extensions, in minutes. */
  readonly totalMinutes: number | null;
  /** Longest single extension, in minutes. */
  readonly extendMinutes: number | null;
  /** Reservations at the same time. */
  readonly overlap: number | null;
  /** How many days ahead a start may lie. */
  readonly daysAhead: number | null;
  /** Bookings that have not begun yet. */
  readonly upcoming: number | null;
  /** Servers that they may have; 0 for most people. Administrators may have any number. */
  readonly servers: number | null;
}

export const limitKeys = [
  'initialMinutes',
  'totalMinutes',
  'extendMinutes',
  'overlap',
  'daysAhead',
  'upcoming',
  'servers',
] as const;

export const noLimits: Limits = Object.fromEntries(limitKeys.map((key) => [key, null])) as unknown as Limits;

/** What a new group allows where nobody says otherwise: no servers. */
export const usualLimits: Limits = { ...noLimits, servers: 0 };

/** The shortest booking, in minutes (vcl.md 8.1). */
export const minimumMinutes = 15;
/** An imaging reservation lasts so long at least, whatever its person's limits (VCL MAXINITIALIMAGINGTIME). */
export const imagingMinutes = 12 * 60;
/** How far ahead anything can be booked, and so the longest booking of all. */
export const horizonDays = 400;
export const mostMinutes = horizonDays * 24 * 60;
export const minutesWanted = `At least ${minimumMinutes} minutes and at most ${horizonDays} days, in whole minutes.`;

/** The most generous of several groups' limits; of none, nothing is allowed. */
export function mergeLimits(all: readonly Limits[]): Limits {
  const merged = Object.fromEntries(limitKeys.map((key) => [key, most(all.map((limits) => limits[key]))]));
  return merged as unknown as Limits;
}

/** One limit that holds for a person, and the names of the groups that allow so much. */
export interface LimitSource {
  readonly limit: keyof Limits;
  readonly value: number | null;
  readonly from: readonly string[];
}

/** The same with where each comes from: what a person is told who asks why. */
export function limitSources(
  groups: readonly { readonly name: string; readonly limits: Limits }[],
): LimitSource[] {
  const merged = mergeLimits(groups.map(({ limits }) => limits));
  return limitKeys.map((limit) => ({
    limit,
    value: merged[limit],
    from: groups.filter(({ limits }) => limits[limit] === merged[limit]).map(({ name }) => name),
  }));
}

function most(values: readonly (number | null)[]): number | null {
  return values.some((value) => value === null) ? null : Math.max(0, ...(values as number[]));
}
