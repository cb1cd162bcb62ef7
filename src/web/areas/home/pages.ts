import type { ClassView } from '../../../services/block-views.ts';
import type { HomeView, MachinesView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { leftText } from '../../cost-words.ts';
import { dateText } from '../courses/pages.ts';
import { type EnvironmentCard, environmentCard } from '../environments/pages.ts';
import { type MachineCard, machineCard } from '../reservations/machine-card.ts';
import { type Notice, noticeShown } from '../reservations/notices.ts';
import { type WaitingCard, waitingCard } from './waiting-card.ts';

export interface MachinesRegion {
  /** Classes of one's courses that begin within a day, but those in which one has a seat. */
  readonly classes: readonly ClassCard[];
  readonly filledClass: boolean;
  readonly machines: readonly MachineCard[];
  readonly servers: readonly MachineCard[];
  /** Lines that one stands in. */
  readonly waiting: readonly WaitingCard[];
  /** What became of one's images. */
  readonly notices: readonly Notice[];
}

export interface ClassCard {
  readonly title: string;
  readonly says: string;
  readonly href: string;
  /** Where its seat is taken; null before that is open, and when all are taken. */
  readonly action: string | null;
}

export interface HomePage extends MachinesRegion {
  readonly greeting: string;
  readonly announcements: readonly { readonly text: string }[];
  /** Hours for courses: "3 h of 10 h left". */
  readonly budgets: readonly { readonly course: string; readonly left: string; readonly until: string }[];
  readonly again: readonly EnvironmentCard[];
  /** One filled button a page: the first machine's, or the first environment's when there is no machine. */
  readonly filledAgain: boolean;
  readonly version: string;
  readonly once: string;
}

export function homePage(
  home: HomeView,
  classes: readonly ClassView[],
  displayName: string,
  clock: Clock,
  once: string,
): Omit<HomePage, 'version'> {
  const region = machinesRegion(home, classes, clock);
  const has = hasMachine(region);
  return {
    ...region,
    greeting: has ? 'Your machines' : `Hello, ${displayName}`,
    announcements: home.announcements.map(({ text }) => ({ text })),
    budgets: home.budgets.map((budget) => ({
      ...{ course: budget.course.name, left: leftText(budget), until: dateText(budget.until) },
    })),
    again: home.again.map(environmentCard),
    filledAgain: !has && region.classes.every(({ action }) => action === null),
    once,
  };
}

export function machinesRegion(
  { reservations, servers, notices, waiting }: MachinesView,
  classes: readonly ClassView[],
  clock: Clock,
): MachinesRegion {
  const cards = {
    machines: reservations.map((reservation, index) => machineCard(reservation, clock, index === 0)),
    servers: servers.map((server, index) => machineCard(server, clock, reservations.length + index === 0)),
  };
  return {
    ...cards,
    classes: classes
      .filter(({ reservationId }) => reservationId === null)
      .map((one) => classCard(one, clock)),
    filledClass: !hasMachine(cards),
    waiting: waiting.filter(({ offer }) => offer === null).map((one) => waitingCard(one, clock)),
    notices: notices.map((notice) => noticeShown(notice, clock, `/notices/${notice.id}/dismiss`)),
  };
}

function hasMachine({ machines, servers }: Pick<MachinesRegion, 'machines' | 'servers'>): boolean {
  return machines.length + servers.length > 0;
}

function classCard(
  { dateId, course, image, start, end, opens, isOpen, isEnding, isFull }: ClassView,
  clock: Clock,
): ClassCard {
  const time = `${clock.when(start).text} to ${timeOf(clock, end)}`;
  const toTake = isOpen && !isFull;
  const early = isEnding ? ' It is being ended.' : ` Take your seat from ${timeOf(clock, opens)} on.`;
  return {
    title: course,
    href: `/classes/${dateId}`,
    says: `${image.title}, ${time}.${isFull ? ' Every seat is taken.' : isOpen ? '' : early}`,
    action: toTake ? `/classes/${dateId}/claim` : null,
  };
}

const timeOf = (clock: Clock, at: number) => clock.localInput(at).slice(11);
