import { may } from '../../../domain/may.ts';
import type {
  ConnectionView,
  ExtensionView,
  HistoryLine,
  LoadView,
  ReservationView,
  SignedIn,
} from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { type LoadBar, loadBar } from '../../load-bar.ts';
import { sizeText } from '../../machine-size.ts';
import type { Refusal } from '../../refusal.ts';
import { groupsText } from '../servers/pages.ts';
import { type CapturePanel, capturePanel } from './capture-panel.ts';
import { type ConnectPanel, connectPanel, reachSentence } from './connect-panel.ts';
import {
  type Ending,
  endingOf,
  lostByAnother,
  lostByEnding,
  lostByRebooting,
  lostByReinstalling,
} from './ending.ts';
import { type Headline, headline, readyIn } from './headline.ts';
import { type Bar, barOf, type StepLine, stepLines } from './loading.ts';
import { type MachineLine, machineLines } from './machine-lines.ts';
import { type Notice, noticesOf, savedAs } from './notices.ts';
import { type Phase, phaseOf, type StateWord, stateWord } from './state-words.ts';
import { type Deadline, deadlineOf, type ExtensionPanel, extensionPanel, spareOf } from './time-left.ts';

export interface ReservationPage {
  readonly id: number;
  readonly href: string;
  readonly title: string;
  readonly imageName: string;
  readonly minutes: number;
  readonly icon: string;
  readonly simulated: boolean;
  /** It is there to become an image, and is not over. */
  readonly imaging: boolean;
  /** Where it is a server: what it is, who gets in, and where that is changed by those who may. */
  readonly server: { readonly is: string; readonly groups: string; readonly change: string | null } | null;
  /** Somebody else's. */
  readonly owner: { readonly href: string | null; readonly name: string } | null;
  readonly state: StateWord;
  readonly phase: Phase;
  readonly headline: Headline;
  readonly readyIn: string | null;
  readonly reason: string | null;
  /** It had a machine, or has one. */
  readonly hadMachine: boolean;
  /** Small ones, at the end; with links for those who may look behind them. */
  readonly facts: readonly Fact[];
  /** Those that are had together; none where it is one. */
  readonly machines: readonly MachineLine[];
  readonly steps: readonly StepLine[];
  readonly bar: Bar | null;
  /** The last thing that happened, while it loads. */
  readonly doing: string | null;
  readonly can: ReservationView['can'];
  /** Their own, and they may make images. */
  readonly mayCapture: boolean;
  readonly capture: CapturePanel | null;
  /** What ending it would lose. */
  readonly lost: string;
  readonly lostByAnother: string;
  readonly lostByRebooting: string;
  readonly lostByReinstalling: string;
  readonly ending: Ending;
  /** A booking of their own that has not begun: one press cancels it, for nothing is lost. */
  readonly cancels: boolean;
  readonly connection: ConnectPanel | null;
  readonly reach: string | null;
  readonly extension: ExtensionPanel | null;
  /** Minutes of it that can be given back; 0: none. */
  readonly spare: number;
  readonly deadline: Deadline | null;
  readonly notices: readonly Notice[];
  readonly log: readonly { readonly text: string; readonly when: When; readonly detail: boolean }[];
  /** The last try at loading its machine; null where it was loaded already, or is not yet. */
  readonly load: LoadBar | null;
  /** What a form was answered, shown above everything. */
  readonly refusal: Refusal | null;
}

export interface ReservationShowPage extends ReservationPage {
  /** Of each part that changes, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly href: string | null;
}

/** Everything that one look at a reservation needs, as the services told it. */
export interface ReservationFacts {
  readonly reservation: ReservationView;
  readonly history: readonly HistoryLine[];
  /** The tries at loading its machine, newest first. */
  readonly loads: readonly LoadView[];
  readonly connection: ConnectionView | null;
  readonly extension: ExtensionView | null;
  readonly refusal?: Refusal | null;
  readonly me: SignedIn;
}

export function reservationPage(facts: ReservationFacts, clock: Clock): ReservationPage {
  const { reservation, connection, extension } = facts;
  const { id, image, server, simulated, can, reason, user } = reservation;
  const phase = phaseOf(reservation, clock.now);
  return {
    id,
    href: `/reservations/${id}`,
    title: server?.name ?? image.title,
    server: server && {
      is: `Server with ${image.title}`,
      groups: groupsText(server),
      change: can.end ? `/servers/${id}` : null,
    },
    imageName: image.name,
    minutes: reservation.minutes,
    icon: image.icon,
    simulated,
    imaging: reservation.imaging && phase !== 'over',
    owner:
      user.id === facts.me.id
        ? null
        : { href: may(facts.me, 'user.manage') ? `/people/${user.id}` : null, name: user.name },
    state: stateWord(reservation, clock.now),
    phase,
    headline: headline(reservation, clock),
    readyIn: readyIn(reservation),
    reason,
    hadMachine: reservation.nodeName !== null,
    facts: factsOf(facts, clock),
    machines: machineLines(reservation, may(facts.me, 'node.read')),
    steps: stepLines(reservation.steps),
    bar: phase === 'loading' ? barOf(reservation, clock.now) : null,
    doing: phase === 'loading' ? (facts.history.at(-1)?.text ?? null) : null,
    can,
    mayCapture: can.capture && user.id === facts.me.id && may(facts.me, 'image.create'),
    capture: capturePanel(reservation),
    load: facts.loads[0] ? loadBar(facts.loads[0]) : null,
    lost: lostByEnding(reservation),
    ...{ lostByAnother, lostByRebooting, lostByReinstalling },
    ending: endingOf(reservation, clock.now),
    cancels: phase === 'booked' && can.end && user.id === facts.me.id,
    connection: connection === null ? null : connectPanel(connection),
    reach: reachSentence(reservation.reach, reservation.machines.length > 0),
    extension: extension === null ? null : extensionPanel(extension, clock),
    spare: spareOf(reservation, clock.now),
    deadline: deadlineOf(reservation, clock),
    // when it is over, the reason stands above
    notices: phase === 'over' ? savedAs(reservation, clock) : noticesOf(reservation, clock),
    log: facts.history.map(({ text, at, detail }) => ({ text, detail, when: clock.when(at) })),
    refusal: facts.refusal ?? null,
  };
}

function factsOf(
  { reservation: { id, image, nodeId, nodeName, size, machines }, me }: ReservationFacts,
  clock: Clock,
): Fact[] {
  const sees = may(me, 'node.read');
  const environment = {
    name: 'Environment',
    value: image.name,
    href: `/environments/${encodeURIComponent(image.name)}`,
  };
  const machine = { name: 'Machine', value: nodeName ?? '', href: sees ? `/nodes/${nodeId}` : null };
  return [
    ...(nodeName === null || machines.length > 0 ? [] : [machine]),
    ...(size === null || machines.length > 0 ? [] : [{ name: 'It has', value: sizeText(size), href: null }]),
    ...(sees ? [environment] : []),
    { name: 'Reservation', value: String(id), href: null },
    { name: 'Times in', value: clock.zoneName, href: null },
  ];
}

export interface TerminalPage {
  readonly id: number;
  readonly title: string;
  /** What starting another one like it takes. */
  readonly imageName: string;
  readonly minutes: number;
  readonly end: number;
  /** Null: it has no end. */
  readonly left: string | null;
  /** Another one like it can be started. */
  readonly again: boolean;
  readonly most: number;
  readonly command: string | null;
  /** Which of several that are had together; null where it is one. */
  readonly machine: string | null;
}
