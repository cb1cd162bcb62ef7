/** Pages by name, each with the model made for it: a wrong model does not compile. */
import { createHash } from 'node:crypto';
import type { Response } from 'express';
import type { AccountPage, NewTokenPage } from './areas/account/pages.ts';
import type { AnnouncementsPage, AttentionPage } from './areas/attention/pages.ts';
import type { ClassPage, ClassRegion } from './areas/blocks/class-page.ts';
import type { DoingPage } from './areas/blocks/doings.ts';
import type { BlockFormPage, BlockPage, BlocksPage } from './areas/blocks/pages.ts';
import type { PreviewPage } from './areas/blocks/preview-page.ts';
import type { WallPage, WallRegions } from './areas/blocks/wall.ts';
import type { CalendarPage, NewAddressPage } from './areas/calendar/pages.ts';
import type { CoursePage, CoursesPage, NewCoursePage } from './areas/courses/pages.ts';
import type { EnvironmentPage, EnvironmentsPage, StartPage } from './areas/environments/pages.ts';
import type { ErrorPage, StalePage } from './areas/errors/pages.ts';
import type { EventsPage } from './areas/events/list-page.ts';
import type { FindATimePage } from './areas/find-a-time/pages.ts';
import type { GroupPage, NewGroupPage } from './areas/groups/group-page.ts';
import type { GroupsPage } from './areas/groups/list-page.ts';
import type { HomePage, MachinesRegion } from './areas/home/pages.ts';
import type { ImagePage, RevisionsRegion } from './areas/images/image-page.ts';
import type { LibraryPage } from './areas/images/library-page.ts';
import type { LoadsPage } from './areas/loads/list-page.ts';
import type { LoadPage } from './areas/loads/show-page.ts';
import type { MaintenancePage, MaintenancesPage, NewMaintenancePage } from './areas/maintenance/pages.ts';
import type { AddNodesPage } from './areas/nodes/add-page.ts';
import type { DiscoveredPage } from './areas/nodes/discovered-page.ts';
import type { HardwarePage } from './areas/nodes/hardware-page.ts';
import type { NodesPage } from './areas/nodes/list-page.ts';
import type { NodePage } from './areas/nodes/node-page.ts';
import type { OrderedRegion, OrdersPage } from './areas/nodes/orders-page.ts';
import type { PlacesPage } from './areas/nodes/places-page.ts';
import type { RackCard, RacksPart, Slot } from './areas/nodes/racks-page.ts';
import type {
  AddPersonPage,
  DisablePage,
  FirstPasswordPage,
  NewPasswordPage,
  PeopleTablePage,
} from './areas/people/add-page.ts';
import type { PeoplePage } from './areas/people/list-page.ts';
import type { PersonPage } from './areas/people/person-page.ts';
import type { EditPoolPage } from './areas/pools/edit-page.ts';
import type { NetworkPage } from './areas/pools/network-page.ts';
import type { NewPoolPage } from './areas/pools/new-page.ts';
import type { PoolsPage } from './areas/pools/pages.ts';
import type { PredictionPage } from './areas/prediction/pages.ts';
import type { CapturePage } from './areas/reservations/capture-page.ts';
import type { ChangePage, ChangeVerdictRegion } from './areas/reservations/change-page.ts';
import type { ConfirmPage } from './areas/reservations/ending.ts';
import type { ReservationsPage } from './areas/reservations/list-page.ts';
import type { ReservationPage, ReservationShowPage, TerminalPage } from './areas/reservations/pages.ts';
import type { ReservePage, VerdictRegion } from './areas/reserve/pages.ts';
import type { NewSchedulePage, SchedulePage, SchedulesPage } from './areas/schedules/pages.ts';
import type { SearchPage } from './areas/search/pages.ts';
import type { ServerFormPage, ServersPage } from './areas/servers/pages.ts';
import type { LinkPage, PasswordPage, SignInPage } from './areas/session/pages.ts';
import type { TasksPage } from './areas/tasks/list-page.ts';
import type { TaskPage, TaskShowPage } from './areas/tasks/show-page.ts';
import type { AllocationPage } from './areas/timeline/allocation-page.ts';
import type { TimelinePage } from './areas/timeline/pages.ts';
import type { WaitingPage } from './areas/waiting/list-page.ts';
import type { WhoPage } from './areas/who/pages.ts';
import { type Frame, type Head, makeFrame } from './frame.ts';
import type { Refusal } from './refusal.ts';
import type { Web } from './web.ts';

export interface Pages {
  'session/sign-in': SignInPage;
  'session/link': LinkPage;
  'session/password': PasswordPage;
  'home/show': HomePage;
  'environments/list': EnvironmentsPage;
  'environments/show': EnvironmentPage;
  'environments/start': StartPage;
  'reserve/form': ReservePage;
  'find-a-time/show': FindATimePage;
  'calendar/show': CalendarPage;
  'calendar/address': NewAddressPage;
  'reservations/list': ReservationsPage;
  'reservations/show': ReservationShowPage;
  'reservations/change': ChangePage;
  'reservations/confirm': ConfirmPage;
  'reservations/capture': CapturePage;
  'reservations/terminal': TerminalPage;
  'attention/list': AttentionPage;
  'attention/announcements': AnnouncementsPage;
  'images/list': LibraryPage;
  'images/show': ImagePage;
  'loads/list': LoadsPage;
  'loads/show': LoadPage;
  'nodes/list': NodesPage & Partial<RacksPart>;
  'nodes/places': PlacesPage;
  'nodes/add': AddNodesPage;
  'nodes/discovered': DiscoveredPage;
  'nodes/hardware': HardwarePage;
  'nodes/show': NodePage & { readonly versions: Readonly<Record<string, string>> };
  'nodes/orders': OrdersPage;
  'schedules/list': SchedulesPage;
  'schedules/add': NewSchedulePage;
  'schedules/show': SchedulePage;
  'maintenance/list': MaintenancesPage;
  'maintenance/new': NewMaintenancePage;
  'maintenance/show': MaintenancePage;
  'timeline/show': TimelinePage;
  'timeline/allocation': AllocationPage;
  'prediction/show': PredictionPage;
  'waiting/list': WaitingPage;
  'pools/list': PoolsPage;
  'pools/edit': EditPoolPage;
  'pools/network': NetworkPage;
  'pools/new': NewPoolPage;
  'people/list': PeoplePage;
  'people/show': PersonPage;
  'people/add': AddPersonPage;
  'people/table': PeopleTablePage;
  'people/first-password': FirstPasswordPage;
  'people/new-password': NewPasswordPage;
  'people/disable': DisablePage;
  'groups/list': GroupsPage;
  'groups/add': NewGroupPage;
  'groups/show': GroupPage;
  'blocks/list': BlocksPage;
  'blocks/form': BlockFormPage;
  'blocks/preview': PreviewPage;
  'blocks/show': BlockPage;
  'blocks/wall': WallPage;
  'blocks/doing': DoingPage;
  'blocks/class': ClassPage & { readonly refusal: Refusal | null };
  'courses/list': CoursesPage;
  'courses/add': NewCoursePage;
  'servers/list': ServersPage;
  'servers/form': ServerFormPage;
  'courses/show': CoursePage;
  'tasks/list': TasksPage;
  'tasks/show': TaskShowPage;
  'events/list': EventsPage;
  'who/show': WhoPage;
  'search/show': SearchPage;
  'account/show': AccountPage;
  'account/token': NewTokenPage;
  'help/show': object;
  'errors/show': ErrorPage;
  'errors/stale': StalePage;
}

/** Parts that are also sent alone, when they have changed. */
export interface Regions {
  'home/machines': MachinesRegion;
  'blocks/wall-head': WallRegions;
  'blocks/tiles': WallRegions;
  'blocks/seat': ClassRegion;
  'images/revisions': RevisionsRegion;
  'nodes/discovered-rows': DiscoveredPage;
  'nodes/rack-says': { readonly rack: RackCard };
  'nodes/slot-in': { readonly slot: Slot };
  'nodes/head': NodePage;
  'nodes/doing': NodePage;
  'nodes/facts': NodePage;
  'nodes/cleaning': NodePage;
  'nodes/commission': NodePage;
  'nodes/loads': NodePage;
  'nodes/happened': NodePage;
  'nodes/ordered-state': OrderedRegion;
  'nodes/ordered-says': OrderedRegion;
  'tasks/head': TaskPage;
  'tasks/tree': TaskPage;
  'tasks/log': TaskPage;
  'reserve/verdict': VerdictRegion;
  'reservations/change-verdict': ChangeVerdictRegion;
  'reservations/head': ReservationPage;
  'reservations/notices': ReservationPage;
  'reservations/steps': ReservationPage;
  'reservations/panel': ReservationPage;
  'reservations/controls': ReservationPage;
  'reservations/log': ReservationPage;
}

export type PageName = keyof Pages;

/** Renders the page into the layout and sends it. The status is the one set before, else 200. */
export function sendPage<Name extends PageName>(
  web: Web,
  res: Response,
  name: Name,
  head: Head,
  model: Pages[Name],
): void {
  const frame = makeFrame(web, res, head);
  const body = web.views.render(`pages/${name}`, { ...frame, ...model });
  res.type('html').send(web.views.render('layout', { ...frame, body }));
}

/** One part of a page, as the page itself shows it and its stream sends it. */
export interface Region {
  readonly name: string;
  /** Tells one content from another: it is sent again only when it has changed. */
  readonly version: string;
  readonly html: string;
}

/** Renders a part of a page; its name is its view's unless told. */
export function renderRegion<View extends keyof Regions>(
  web: Web,
  frame: Frame,
  view: View,
  model: Regions[View],
  name: string = view.slice(view.indexOf('/') + 1),
): Region {
  const html = web.views.render(`pages/${view}`, { ...frame, ...model });
  const version = createHash('sha256').update(html).digest('base64url').slice(0, 10);
  return { name, version, html };
}

/** The versions of a page's parts by their names. */
export function versionsOf(regions: readonly Region[]): Record<string, string> {
  return Object.fromEntries(regions.map(({ name, version }) => [name, version]));
}
