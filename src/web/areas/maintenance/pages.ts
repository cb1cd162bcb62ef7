import type {
  MaintenanceDetailView,
  MaintenancePhase,
  MaintenancePreview,
  MaintenanceView,
} from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import type { Refusal } from '../../refusal.ts';
import type { Typed } from '../../typed.ts';
import { type StayingRow, stayingRows } from '../schedules/pages.ts';

const phases = {
  planned: { word: 'planned', tone: 'booked', icon: 'calendar' },
  running: { word: 'running', tone: 'busy', icon: 'pause' },
  ending: { word: 'ending', tone: 'busy', icon: 'loading' },
  over: { word: 'over', tone: 'quiet', icon: 'check' },
  cancelled: { word: 'cancelled', tone: 'quiet', icon: 'close' },
} as const satisfies Record<MaintenancePhase, object>;

interface Facts {
  readonly id: number;
  readonly reason: string;
  readonly from: When;
  readonly until: When;
  readonly which: string;
  readonly phase: (typeof phases)[MaintenancePhase];
  readonly count: number;
  readonly waiting: number;
}

export interface MaintenancesPage {
  readonly rows: readonly Facts[];
}

export function maintenancesPage(all: readonly MaintenanceView[], clock: Clock): MaintenancesPage {
  return { rows: all.map((one) => factsOf(one, clock)) };
}

function factsOf(one: MaintenanceView, clock: Clock): Facts {
  const { id, reason, count, waiting, phase } = one;
  return {
    ...{ id, reason, count, waiting, phase: phases[phase], which: which(one.nodes) },
    ...{ from: clock.when(one.from), until: clock.when(one.until) },
  };
}

function which({ kind, named }: MaintenanceView['nodes']): string {
  if (kind === 'all') return 'All';
  const shown = named.slice(0, 5).join(', ');
  const more = named.length > 5 ? ` and ${named.length - 5} more` : '';
  return `${kind === 'nodes' ? '' : `${kind === 'pool' ? 'Pool' : 'Rack'} `}${shown}${more}`;
}

export interface MaintenanceForm {
  readonly reason: string;
  readonly from: string;
  readonly until: string;
  readonly zone: string;
  readonly zoneName: string;
  readonly kind: string;
  readonly named: string;
  readonly bookings: string;
}

/** What was typed, or what an address asks for (`?rack=R1`, `?node=a&node=b`), or what is kept. */
export function maintenanceForm(
  typed: Typed,
  clock: Clock,
  kept: MaintenanceView | null = null,
): MaintenanceForm {
  const said = (field: string, otherwise: string) => {
    const value = typed[field];
    return typeof value === 'string' ? value : otherwise;
  };
  const asked = (field: string) => [typed[field] ?? []].flat().filter((one) => typeof one === 'string');
  const kind = ['rack', 'pool', 'node'].find((one) => asked(one).length > 0);
  return {
    reason: said('reason', kept?.reason ?? ''),
    from: said('from', kept ? clock.localInput(kept.from) : ''),
    until: said('until', kept ? clock.localInput(kept.until) : ''),
    ...{ zone: clock.zone, zoneName: clock.zoneName },
    kind: said('kind', kind === undefined ? 'rack' : kind === 'node' ? 'nodes' : kind),
    named: said('named', kind === undefined ? '' : asked(kind).join(', ')),
    bookings: said('bookings', kept?.bookings ?? 'tell'),
  };
}

const fates = {
  moved: 'goes to another machine',
  told: 'stays; they are told',
  ended: 'ends when it begins',
} as const;

export interface PreviewPart {
  readonly says: string;
  readonly from: When;
  readonly until: When;
  readonly more: boolean;
  readonly rows: readonly {
    readonly node: string;
    readonly nodeId: number;
    readonly title: string;
    readonly user: string;
    readonly when: When;
    readonly fate: string;
    readonly running: boolean;
  }[];
}

export function previewPart(preview: MaintenancePreview, clock: Clock): PreviewPart {
  const { count, moved, told, ended, more } = preview;
  const parts = [
    ...(moved > 0 ? [`${moved} ${moved === 1 ? 'goes' : 'go'} to other machines`] : []),
    ...(told > 0
      ? [`${told} ${told === 1 ? 'stays and its person is' : 'stay and their people are'} told`]
      : []),
    ...(ended > 0 ? [`${ended} ${ended === 1 ? 'ends' : 'end'} when it begins`] : []),
  ];
  const nodes = `${count.toLocaleString('en')} ${count === 1 ? 'node' : 'nodes'}.`;
  return {
    says: `${nodes} ${parts.length === 0 ? 'Nothing is booked on them then.' : `Of what is booked: ${parts.join(', ')}.`}`,
    ...{ from: clock.when(preview.from), until: clock.when(preview.until), more },
    rows: preview.nodes.flatMap(({ id, name, bookings }) =>
      bookings.map((one) => ({
        ...{ node: name, nodeId: id, title: one.title, user: one.user, running: one.running },
        when: clock.when(one.start),
        fate: fates[one.fate],
      })),
    ),
  };
}

export interface NewMaintenancePage {
  readonly form: MaintenanceForm;
  readonly preview: PreviewPart | null;
  readonly refusal: Refusal | null;
}

const parts = {
  planned: '',
  out: 'out of service for it',
  left: 'was out of service already',
  over: 'done',
} as const;

/** Its nodes, by pages. */
export const nodesOfWindow = (id: number): ListKind<'name', never> => ({
  ...{ path: `/maintenance/${id}`, sorts: ['name'], sort: 'name', filters: [], perPage: 50 },
});

export interface MaintenancePage extends Facts {
  readonly list: ListFrame<'name', never>;
  readonly by: string;
  readonly says: string;
  readonly version: number;
  readonly open: boolean;
  readonly begun: boolean;
  readonly nodes: readonly {
    readonly id: number;
    readonly name: string;
    readonly state: string;
    readonly part: string;
  }[];
  readonly stays: readonly StayingRow[];
  readonly form: MaintenanceForm;
  readonly refusal: Refusal | null;
}

export function maintenancePage(
  one: MaintenanceDetailView,
  asked: AskedList<'name', never>,
  { refusal = null, fields = {} }: { readonly refusal?: Refusal | null; readonly fields?: Typed },
  clock: Clock,
): MaintenancePage {
  const open = one.phase === 'planned' || one.phase === 'running';
  return {
    ...factsOf(one, clock),
    list: listFrame(nodesOfWindow(one.id), asked, one.count),
    ...{ by: one.by, version: one.version, open, begun: one.phase !== 'planned', refusal },
    says:
      one.bookings === 'end'
        ? 'Bookings that cannot be moved end when it begins.'
        : 'Bookings that cannot be moved stay, and their people are told.',
    nodes: one.affected.map(({ id, name, state, part }) => ({ id, name, state, part: parts[part] })),
    stays: stayingRows(one.stays, clock),
    form: maintenanceForm(fields, clock, one),
  };
}
