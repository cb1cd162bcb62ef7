import type { PersonRow } from '../../../db/queries/people.ts';
import { mergeLimits } from '../../domain/limits.ts';
import { strongestRole } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';

/** Puts a person together from one row for each of their groups; null without a row. */
export function signedIn(rows: readonly PersonRow[], deps: ServiceDeps): SignedIn | null {
  const [first] = rows;
  if (!first) return null;
  const groups = rows.flatMap((row) => (row.role === null ? [] : [{ ...row, role: row.role }]));
  return {
    id: first.id,
    name: first.name,
    role: strongestRole(groups.map((group) => group.role)),
    groupIds: groups.flatMap((group) => group.group_id ?? []),
    courseIds: (first.teaches ?? '').split(',').filter(Boolean).map(Number),
    displayName: first.display_name,
    email: first.email,
    timeZone: first.time_zone,
    limits: mergeLimits(
      groups.map((group) => ({
        initialMinutes: group.initial_minutes,
        totalMinutes: group.total_minutes,
        extendMinutes: group.extend_minutes,
        overlap: group.overlap,
        daysAhead: group.days_ahead,
        upcoming: group.upcoming,
        servers: group.servers,
      })),
    ),
    mustChangePassword: first.must_change_password > (deps.beyondLoopback === true ? 0 : 1),
  };
}
