/** The services' answers as the API writes them: times as text, names instead of pictures. */
import type { z } from 'zod';
import { aimWords } from '../../domain/aim-words.ts';
import type * as domain from '../../domain/errors.ts';
import type * as view from '../../services/views.ts';
import type * as common from './schemas/common.ts';
import type * as images from './schemas/images.ts';
import type { LoadSchema } from './schemas/loads.ts';
import type * as machines from './schemas/machines.ts';
import type { DiscoveredSchema } from './schemas/new-nodes.ts';
import type { NodeDetailSchema } from './schemas/node-detail.ts';
import type { AimSchema } from './schemas/prediction.ts';
import type * as reservations from './schemas/reservations.ts';
import type * as site from './schemas/site.ts';

type Json<Schema extends z.ZodType> = z.output<Schema>;

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

export function presentReservation(one: view.ReservationView): Json<typeof reservations.ReservationSchema> {
  const {
    id,
    state,
    image,
    user,
    minutes,
    version,
    reason,
    simulated,
    reach,
    imaging,
    server,
    captureFailure,
    poweredOff,
    down,
    progress,
    progressText,
    can,
  } = one;
  return {
    ...{
      id,
      state,
      image: image.name,
      imageTitle: image.title,
      user: user.name,
      start: iso(one.start),
      end: iso(one.end),
    },
    ...{ minutes, version, createdAt: iso(one.createdAt), readyAt: isoOrNull(one.readyAt) },
    acknowledgedAt: isoOrNull(one.acknowledgedAt),
    connectedAt: isoOrNull(one.connectedAt),
    endedAt: isoOrNull(one.endedAt),
    ...{
      reason,
      simulated,
      reach,
      node: one.nodeName,
      size: one.size,
      machines: one.machines.map(({ name, image: loaded, nodeName: node, size, state: is }) => {
        return { name, image: loaded.name, node, size, state: is };
      }),
      imaging,
      server,
      captureFailure,
      poweredOff,
      down,
      steps: [...one.steps],
      progress,
      progressText,
    },
    estimate: one.estimate && {
      usualMs: one.estimate.p50,
      nearlyAlwaysMs: one.estimate.p95,
      since: iso(one.estimate.since),
    },
    deadline: one.deadline && { kind: one.deadline.kind, at: iso(one.deadline.at) },
    can,
  };
}

export function presentEvent(
  { id, at, kind, text, detail }: view.HistoryLine,
  { state, progress }: view.ReservationView,
): Json<typeof reservations.EventSchema> {
  return { id, at: iso(at), kind, text, detail, state, progress };
}

export function presentConnection(
  connection: view.ConnectionView,
): Json<typeof reservations.ConnectionSchema> {
  const { methods, reach, notes, sshKeys } = connection;
  return { methods: methods.map((one) => ({ ...one, hostKeys: [...one.hostKeys] })), reach, notes, sshKeys };
}

export function presentAlternative({ start, ...rest }: domain.Alternative): Json<typeof common.Alternative> {
  return start === undefined ? rest : { ...rest, start: iso(start) };
}

export function presentVerdict(one: view.Verdict): Json<typeof reservations.AvailabilitySchema> {
  return {
    ...one,
    ...{ readyAt: isoOrNull(one.readyAt), end: isoOrNull(one.end) },
    alternatives: one.alternatives.map(presentAlternative),
  };
}

export function presentTimes({
  title: _title,
  ...times
}: view.TimesView): Json<typeof reservations.TimesSchema> {
  return {
    ...times,
    earliest: times.earliest.map(iso),
    slots: times.slots.map(({ start, ...slot }) => ({ start: iso(start), ...slot })),
  };
}

export function presentExtension(extension: view.ExtensionView): Json<typeof reservations.ExtensionSchema> {
  return { ...extension, latestEnd: iso(extension.latestEnd) };
}

export function presentImage({
  icon: _icon,
  hindrance: _hindrance,
  disarmed: _disarmed,
  costs: _costs,
  readyIn,
  ...image
}: view.ImageView): Json<typeof machines.ImageSchema> {
  return { ...image, readyInMs: readyIn };
}

export function presentNode(node: view.NodeView): Json<typeof machines.NodeSchema> {
  return { ...node, failedAt: isoOrNull(node.failedAt), since: iso(node.since) };
}

export function presentDiscovered(machine: view.DiscoveredView): Json<typeof DiscoveredSchema> {
  return { ...machine, firstAt: iso(machine.firstAt), lastAt: iso(machine.lastAt) };
}

export function presentNodeDetail(node: view.NodeDetailView): Json<typeof NodeDetailSchema> {
  const { now: _, ...rest } = node;
  return {
    ...rest,
    ...presentNode(node),
    holder: node.holder && { ...node.holder, end: iso(node.holder.end) },
    hardware: node.hardware && presentHardware(node.hardware),
    aim: node.aim && presentAim(node.aim),
    outFrom: isoOrNull(node.outFrom),
    cleaned: node.cleaned && { at: iso(node.cleaned.at), disks: [...node.cleaned.disks] },
    work: node.work && { ...node.work, at: iso(node.work.at) },
    schedule: node.schedule.map((hold) => ({
      ...hold,
      ...{ from: iso(hold.from), until: iso(hold.until), start: iso(hold.start), end: iso(hold.end) },
    })),
    loads: node.loads.map(presentLoad),
    events: node.events.map((event) => ({ ...event, at: iso(event.at) })),
    images: [...node.images],
    inventory: [...node.inventory],
    commissions: node.commissions.map((one) => ({
      ...one,
      askedAt: iso(one.askedAt),
      ...{ beganAt: isoOrNull(one.beganAt), endedAt: isoOrNull(one.endedAt) },
      parts: [...one.parts],
    })),
  };
}

function presentAim({ image, because }: view.AimView): Json<typeof AimSchema> {
  return { image, why: because.why, says: aimWords(because, iso) };
}

export function presentLoad(load: view.LoadView): Json<typeof LoadSchema> {
  const { phases, usual, slower } = load;
  return { ...load, at: iso(load.at), phases: [...phases], usual: [...usual], slower: [...slower] };
}

function presentHardware({ bmc, silentSince, askedAt, troubles, ...hardware }: view.HardwareView) {
  const seen = { silentSince: isoOrNull(silentSince), askedAt: isoOrNull(askedAt), troubles: [...troubles] };
  return { ...hardware, ...seen, bmc: bmc && { ...bmc, warnings: [...bmc.warnings] } };
}

export function presentAttention({ items, lookedAt }: view.AttentionView): Json<typeof site.AttentionSchema> {
  const shown = items.map(({ id, kind, text, since, hits, action }) => {
    return { id, kind, text, since: iso(since), hits, action: action?.label ?? null };
  });
  return { items: shown, lookedAt: iso(lookedAt) };
}

export function presentAnnouncement(one: view.AnnouncementView): Json<typeof site.AnnouncementSchema> {
  return { id: one.id, text: one.text, until: isoOrNull(one.until) };
}

export function presentPage<Item, Shown>(
  { items, next }: view.Page<Item>,
  present: (item: Item) => Shown,
): { items: Shown[]; next: string | null } {
  return { items: items.map(present), next };
}

export function presentCapture(begun: view.CaptureBegun): Json<typeof images.CaptureSchema> {
  const { reservationId: reservation, taskId: task, image, revision } = begun;
  return { reservation, task, image: image.name, imageTitle: image.title, revision };
}

export function presentProperties(one: view.ImagePropertiesView): Json<typeof images.PropertiesSchema> {
  const { id: _, groups, members, ...rest } = one;
  return { ...rest, groups: [...groups], members: [...members] };
}

export function presentLibraryImage(one: view.LibraryImageView): Json<typeof images.LibrarySchema> {
  const { name, title, owner, visibility, production, revisions, bytes, reservations, nodes } = one;
  return {
    ...{ name, title, owner, visibility, production, revisions, bytes, reservations, nodes },
    basedOn: one.basedOn.map((other) => other.name),
    baseOf: one.baseOf.map((other) => other.name),
    lastLoad: isoOrNull(one.lastLoad),
    goneAt: isoOrNull(one.goneAt),
    loadTimes: one.loadTimes && { usualMs: one.loadTimes.p50, nearlyAlwaysMs: one.loadTimes.p95 },
  };
}

export function presentRevision(one: view.RevisionView): Json<typeof images.RevisionSchema> {
  const { can: _, createdAt, provenAt, goneAt, ...rest } = one;
  const times = { createdAt: iso(createdAt), provenAt: isoOrNull(provenAt), goneAt: isoOrNull(goneAt) };
  return { ...rest, ...times };
}
