import { limitsText, limitWords } from '../../../domain/limit-words.ts';
import type { Limits } from '../../../domain/limits.ts';
import type { GroupView } from '../../../services/people-views.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { roleWords } from '../people/words.ts';

type Sort = 'name' | 'role' | 'members' | 'images';

export const groupList: ListKind<Sort, 'search'> = {
  path: '/groups',
  sorts: ['name', 'role', 'members', 'images'],
  sort: 'name',
  filters: ['search'],
  perPage: 500,
};

export interface GroupsPage {
  readonly list: ListFrame<Sort, 'search'>;
  readonly rows: readonly {
    readonly id: number;
    readonly name: string;
    readonly role: string;
    readonly members: number;
    readonly images: number;
    /** Its limits in words. */
    readonly allows: string;
  }[];
}

/** There are few: the service gives all of them. */
export function groupsPage(asked: AskedList<Sort, 'search'>, all: readonly GroupView[]): GroupsPage {
  const found = sortedGroups(asked, all);
  return {
    list: listFrame(groupList, asked, found.length),
    rows: found.slice(asked.offset, asked.offset + asked.limit).map((group) => ({
      ...{ id: group.id, name: group.name, members: group.members, images: group.images },
      role: roleWords[group.role],
      allows: limitsText(group.limits),
    })),
  };
}

export function sortedGroups(
  { filter, sort, descending }: AskedList<Sort, 'search'>,
  all: readonly GroupView[],
): readonly GroupView[] {
  const wanted = filter.search.toLowerCase();
  const order = (a: GroupView, b: GroupView) => {
    const [one, other] = [a[sort], b[sort]];
    const way = typeof one === 'number' ? one - Number(other) : one.localeCompare(String(other));
    return (descending ? -way : way) || a.name.localeCompare(b.name);
  };
  return all.filter(({ name }) => name.toLowerCase().includes(wanted)).sort(order);
}

const limits = limitWords.map(({ limit }) => limit);
export const groupHeads: readonly string[] = ['id', 'name', 'role', 'members', 'images', ...limits];

export function groupCells({
  id,
  name,
  role,
  members,
  images,
  limits: own,
}: GroupView): (string | number | null)[] {
  return [id, name, role, members, images, ...limits.map((limit: keyof Limits) => own[limit])];
}
