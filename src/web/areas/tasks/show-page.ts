import type { TaskDetailView } from '../../../services/administration-views.ts';
import type { Clock, When } from '../../clock.ts';
import type { Refusal } from '../../refusal.ts';
import { type EventLine, eventLine } from '../events/list-page.ts';
import { type TaskLine, taskLine } from './list-page.ts';

export interface TaskPage extends TaskLine {
  readonly action: string;
  readonly facts: readonly { readonly name: string; readonly text: string; readonly href: string | null }[];
  readonly created: When;
  readonly can: TaskDetailView['can'];
  readonly stop: string;
  /** Only where there is more than this task. */
  readonly tree: readonly (TaskLine & { readonly here: boolean })[];
  readonly log: readonly EventLine[];
  readonly refusal: Refusal | null;
  readonly ended: boolean;
}

export interface TaskShowPage extends TaskPage {
  readonly versions: Readonly<Record<string, string>>;
}

export function taskPage(task: TaskDetailView, refusal: Refusal | null, clock: Clock): TaskPage {
  const { action, can, stop, createdAt, node, reservation, holder, place } = task;
  const facts = [
    node && { name: 'Node', text: node.name, href: `/nodes/${node.id}` },
    reservation && {
      ...{ name: 'Reservation', text: `${reservation.id}, ${reservation.user}` },
      href: `/reservations/${reservation.id}`,
    },
    place === null ? null : { name: 'Place', text: place, href: null },
    holder === null ? null : { name: 'Worked on by', text: holder, href: null },
  ];
  return {
    ...taskLine(task, clock),
    ...{ action, can, stop, refusal },
    facts: facts.filter((fact) => fact !== null),
    created: clock.when(createdAt),
    tree:
      task.tree.length > 1
        ? task.tree.map((one) => ({ ...taskLine(one, clock), here: one.id === task.id }))
        : [],
    log: task.log.map((event) => eventLine(event, clock)),
    ended: task.tree.every(({ endedAt }) => endedAt !== null),
  };
}
