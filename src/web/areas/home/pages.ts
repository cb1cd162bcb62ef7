import type { HomeView, ReservationView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { type EnvironmentCard, environmentCard } from '../environments/pages.ts';
import { type MachineCard, machineCard } from '../reservations/machine-card.ts';

export interface MachinesRegion {
  readonly machines: readonly MachineCard[];
}

export interface HomePage extends MachinesRegion {
  readonly greeting: string;
  readonly announcements: readonly { readonly text: string }[];
  readonly again: readonly EnvironmentCard[];
  /** One filled button a page: the first machine's, or the first environment's when there is no machine. */
  readonly filledAgain: boolean;
  readonly version: string;
  readonly once: string;
}

export function homePage(
  home: HomeView,
  displayName: string,
  clock: Clock,
  once: string,
): Omit<HomePage, 'version'> {
  const machines = machineCards(home.reservations, clock);
  return {
    greeting: machines.length > 0 ? 'Your machines' : `Hello, ${displayName}`,
    machines,
    announcements: home.announcements.map(({ text }) => ({ text })),
    again: home.again.slice(0, 3).map(environmentCard),
    filledAgain: machines.length === 0,
    once,
  };
}

export function machineCards(reservations: readonly ReservationView[], clock: Clock): MachineCard[] {
  return reservations.map((reservation, index) => machineCard(reservation, clock, index === 0));
}
