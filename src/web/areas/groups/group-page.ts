import { limitWords } from '../../../domain/limit-words.ts';
import type { Limits } from '../../../domain/limits.ts';
import { type Role, roles } from '../../../domain/may.ts';
import type { GroupDetailView, GroupView, MemberReport } from '../../../services/people-views.ts';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from '../../typed.ts';
import { type PersonLine, personLine } from '../people/list-page.ts';
import type { MembersOver } from '../people/members.ts';
import { roleWords } from '../people/words.ts';

export interface GroupForm {
  /** What was typed, else what is. */
  readonly name: string;
  readonly role: string;
  readonly roles: readonly { readonly role: Role; readonly word: string }[];
  readonly limits: readonly {
    readonly limit: keyof Limits;
    readonly label: string;
    readonly unit: string;
    readonly value: string;
  }[];
}

export interface NewGroupPage {
  readonly form: GroupForm;
  readonly refusal: Refusal | null;
}

export interface GroupPage {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly form: GroupForm;
  readonly people: readonly PersonLine[];
  readonly members: number;
  /** In the list of people, where all are. */
  readonly all: string;
  readonly images: readonly { readonly href: string; readonly title: string }[];
  readonly servers: readonly { readonly href: string; readonly title: string }[];
  /** What keeps it from being deleted. */
  readonly hangs: string | null;
  /** Where it is made a course, or where it is one. */
  readonly course: { readonly href: string; readonly text: string } | null;
  readonly reports: readonly MemberReport[];
  /** Logins that were typed and could not be added. */
  readonly typed: string;
  readonly refusal: Refusal | null;
  readonly refused: 'group' | 'members' | null;
}

export interface GroupOver extends Omit<MembersOver, 'refused'> {
  readonly fields?: Typed;
  readonly refused?: 'group' | 'members';
}

const mostShown = 500;

export function groupPage(group: GroupDetailView, over: GroupOver = {}): GroupPage {
  const { id, name, version, people, sharedImages, hangs } = group;
  return {
    ...{ id, name, version, hangs },
    course: courseOf(group),
    form: groupForm(group, over.fields),
    people: people.slice(0, mostShown).map(personLine),
    members: people.length,
    all: `/people?group=${encodeURIComponent(name)}`,
    images: sharedImages.map((image) => ({
      href: `/images/${encodeURIComponent(image.name)}`,
      title: image.title,
    })),
    servers: group.servers.map((server) => ({ href: `/reservations/${server.id}`, title: server.name })),
    reports: over.reports ?? [],
    typed: over.typed ?? '',
    refusal: over.refusal ?? null,
    refused: over.refused ?? null,
  };
}

function courseOf({ id, name, role, isCourse }: GroupDetailView): GroupPage['course'] {
  if (isCourse) return { href: `/courses/${id}`, text: 'Its page as a course' };
  const href = `/courses/add?group=${encodeURIComponent(name)}`;
  return role === 'user' ? { href, text: 'Make it a course' } : null;
}

export function groupForm(
  group: Pick<GroupView, 'name' | 'role' | 'limits'>,
  typed: Readonly<Record<string, unknown>> = {},
): GroupForm {
  const text = (name: string, value: string) =>
    typeof typed[name] === 'string' ? typed[name].slice(0, 300) : value;
  return {
    name: text('name', group.name),
    role: text('role', group.role),
    roles: roles.map((role) => ({ role, word: roleWords[role] })),
    limits: limitWords.map(({ limit, label, unit }) => {
      const value = group.limits[limit];
      return { limit, label, unit, value: text(limit, value === null ? '' : String(value)) };
    }),
  };
}
