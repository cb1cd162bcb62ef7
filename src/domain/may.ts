/** Who may do what: one pure function, called by every service. */

export const roles = ['user', 'image-admin', 'administrator'] as const;
export type Role = (typeof roles)[number];

/** Who sees an image: its owner alone until it is published, to groups or to everyone. */
export const visibilities = ['owner', 'groups', 'everyone'] as const;
export type Visibility = (typeof visibilities)[number];

export interface Person {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  /** The groups they are in. */
  readonly groupIds?: readonly number[];
  /** The courses that they teach, by their groups. */
  readonly courseIds?: readonly number[];
}

export type Action =
  | 'reservation.create'
  | 'reservation.read'
  | 'reservation.change'
  | 'reservation.connect'
  | 'image.read'
  | 'image.create'
  | 'image.manage'
  | 'node.read'
  | 'node.manage'
  | 'pool.read'
  | 'allocations.read'
  | 'attention.read'
  | 'announcement.manage'
  | 'calendar.manage'
  | 'events.read'
  | 'task.read'
  | 'task.manage'
  | 'search'
  | 'user.manage'
  | 'course.manage'
  | 'block.ask'
  | 'block.decide'
  | 'own-account';

/** What the action is done to; `ownerId` where somebody owns it. */
export interface Resource {
  readonly ownerId?: number;
  /** Of an image: who sees it, and which groups if it was published to groups. Absent: everyone. */
  readonly visibility?: Visibility;
  readonly groupIds?: readonly number[];
  /** The course that it is, or that it is of. */
  readonly courseId?: number;
  /** Of a server: whose people get in, and whose look after it. */
  readonly loginGroupId?: number | undefined;
  readonly adminGroupId?: number | undefined;
  /** Of seats that are asked for: so few that who teaches the course may have them by themselves. */
  readonly isSmall?: boolean;
}

const forEverybody: ReadonlySet<Action> = new Set(['reservation.create', 'own-account']);
/** An image has an owner; what came with the installation has none and is the administrators'. */
const forOwner: ReadonlySet<Action> = new Set([
  'image.read',
  'image.manage',
  'reservation.read',
  'reservation.change',
  'reservation.connect',
]);
/** Of a server: for the people of either of its groups, and for those of the one that looks after it. */
const forMember: ReadonlySet<Action> = new Set(['reservation.read', 'reservation.connect']);
const forKeeper: ReadonlySet<Action> = new Set([...forMember, 'reservation.change']);
const forImageAdmin: ReadonlySet<Action> = new Set(['image.create', 'pool.read']);
/** Of the course that it is about; of none: of any. */
const forInstructor: ReadonlySet<Action> = new Set(['course.manage', 'block.ask']);
/** An administrator sees and ends everybody's reservations, but does not get into somebody's machine. */
const notForAdministrator: ReadonlySet<Action> = new Set(['reservation.connect']);

/** True when the person may do this action to this resource. */
export function may(person: Person, action: Action, resource: Resource = {}): boolean {
  if (forEverybody.has(action)) return true;
  if (action === 'image.read' && isPublishedTo(person, resource)) return true;
  if (forOwner.has(action) && resource.ownerId === person.id) return true;
  if (forMember.has(action) && isIn(person, resource.loginGroupId)) return true;
  if (forKeeper.has(action) && isIn(person, resource.adminGroupId)) return true;
  if (forInstructor.has(action) && teaches(person, resource)) return true;
  if (action === 'block.decide' && resource.isSmall === true && teaches(person, resource)) return true;
  if (person.role === 'image-admin' && forImageAdmin.has(action)) return true;
  return person.role === 'administrator' && !notForAdministrator.has(action);
}

function teaches({ courseIds = [] }: Person, { courseId }: Resource): boolean {
  return courseId === undefined ? courseIds.length > 0 : courseIds.includes(courseId);
}

function isIn({ groupIds = [] }: Person, group: number | undefined): boolean {
  return group !== undefined && groupIds.includes(group);
}

/** What is published to everyone, or to one of their groups. */
function isPublishedTo(person: Person, { visibility = 'everyone', groupIds = [] }: Resource): boolean {
  if (visibility === 'groups') return groupIds.some((id) => person.groupIds?.includes(id));
  return visibility === 'everyone';
}

/** The strongest of several roles; `user` of none. */
export function strongestRole(all: readonly Role[]): Role {
  return roles.findLast((role) => all.includes(role)) ?? 'user';
}
