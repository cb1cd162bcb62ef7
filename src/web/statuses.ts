import type { ErrorCode } from '../domain/errors.ts';

/** The HTTP status of each error: the only place that knows one (design, section 8). */
export const statuses = {
  'sign-in.required': 401,
  'sign-in.wrong': 401,
  'sign-in.slow-down': 429,
  'sign-in.link-used': 410,
  'form.stale': 403,
  'input.invalid': 422,
  'input.too-large': 413,
  'input.not-json': 415,
  'not-found': 404,
  'not-allowed': 403,
  'reservation.no-machine': 409,
  'reservation.no-machine-ever': 409,
  'reservation.limit-overlap': 409,
  'reservation.limit-upcoming': 409,
  'reservation.limit-length': 409,
  'reservation.limit-horizon': 409,
  'reservation.image-limit': 409,
  'reservation.state-changed': 409,
  'reservation.not-ready': 409,
  'reservation.not-connected': 409,
  'reservation.extend-blocked': 409,
  'reservation.extend-limit': 409,
  'reservation.no-console': 409,
  'reservation.simulated': 409,
  'image.unknown': 422,
  'image.not-ready': 409,
  'image.refused': 422,
  'image.revision-unfit': 409,
  'image.revision-production': 409,
  'image.revision-in-use': 409,
  'image.in-use': 409,
  'backup.refused': 409,
  'node.held': 409,
  'node.state': 409,
  'task.ended': 409,
  'task.no-stop': 409,
  'task.no-retry': 409,
  'changed-meanwhile': 409,
  'name.taken': 409,
  'idempotency.other-body': 422,
  busy: 409,
  'disk.full': 507,
  'place.disarmed': 503,
  defect: 500,
} as const satisfies Partial<Record<ErrorCode, number>>;

/** 500 for a code that no table row knows: a new code fails the test of this table first. */
export function statusOf(code: ErrorCode): number {
  return (statuses as Partial<Record<ErrorCode, number>>)[code] ?? 500;
}
