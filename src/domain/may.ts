/** Who may do what: one pure function, called by every service. */

export const roles = ['user', 'image-admin', 'administrator'] as const;
export type Role = (typeof roles)[number];

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
}

export type Action =
  | 'reservation.create'
  | 'reservation.read'
  | 'reservation.change'
  | 'reservation.connect'
  | 'image.read'
  | 'image.manage'
  | 'node.read'
  | 'node.manage'
  | 'pool.read'
  | 'allocations.read'
  | 'attention.read'
  | 'announcement.manage'
  | 'user.manage'
  | 'own-account';

/** What the action is done to; `ownerId` where somebody owns it. */
export interface Resource {
  readonly ownerId?: number;
}

const forEverybody: ReadonlySet<Action> = new Set(['reservation.create', 'image.read', 'own-account']);
const forOwner: ReadonlySet<Action> = new Set([
  'reservation.read',
  'reservation.change',
  'reservation.connect',
]);
const forImageAdmin: ReadonlySet<Action> = new Set(['image.manage', 'pool.read']);
/** An administrator sees and ends everybody's reservations, but does not get into somebody's machine. */
const notForAdministrator: ReadonlySet<Action> = new Set(['reservation.connect']);

/** True when the person may do this action to this resource. */
export function may(person: Person, action: Action, resource: Resource = {}): boolean {
  if (forEverybody.has(action)) return true;
  if (forOwner.has(action) && resource.ownerId === person.id) return true;
  if (person.role === 'image-admin' && forImageAdmin.has(action)) return true;
  return person.role === 'administrator' && !notForAdministrator.has(action);
}

/** The strongest of several roles; `user` of none. */
export function strongestRole(all: readonly Role[]): Role {
  return roles.findLast((role) => all.includes(role)) ?? 'user';
}
