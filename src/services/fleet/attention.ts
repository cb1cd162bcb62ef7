import { strandedBookings } from '../../../db/queries/stranded.ts';
import { failedRest } from '../../../db/repositories/booking.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { inWords, minute } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import type { AttentionItem, AttentionView, SignedIn } from '../views.ts';
import { missingFiles } from './missing-files.ts';

/** Everything that needs a person: one sentence each, since when, who is hit, and what can be done about it. */
export async function attention(deps: ServiceDeps, me: SignedIn): Promise<AttentionView> {
  if (!may(me, 'attention.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const lists = [
      disarmed,
      draining,
      failedNodes,
      pausedNodes,
      unmovedBookings,
      suspendedRevisions,
      missingFiles,
      failedCaptures,
      failedTasks,
      quarantined,
      booksDiffer,
    ];
    const items: AttentionItem[] = [];
    for (const list of lists) items.push(...(await list(reader)));
    return { items: items.sort((a, b) => a.since - b.since), lookedAt: reader.now };
  });
}

const retry = (id: string, label = 'Try again') => ({ label, path: `/attention/${id}/retry` });

async function disarmed(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ id: number; name: string; created_at: number }>(
    'SELECT id, name, created_at FROM places WHERE armed = 0',
  );
  return rows.map((row) => ({
    id: `place-${row.id}`,
    kind: 'place',
    text: `The place ${row.name} is disarmed: no machine is touched until "labrador arm" is run there.`,
    since: Number(row.created_at),
    hits: 'everybody who wants one of its machines',
    action: null,
  }));
}

async function draining(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ id: number; name: string; draining_since: number }>(
    'SELECT id, name, draining_since FROM places WHERE draining_since IS NOT NULL',
  );
  return rows.map((row) => ({
    id: `drained-${row.id}`,
    kind: 'place',
    text: `The place ${row.name} is being drained: no machine is loaded until "labrador drain --off" is run there.`,
    since: Number(row.draining_since),
    hits: 'everybody who wants one of its machines',
    action: null,
  }));
}

async function failedNodes(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{
    id: number;
    name: string;
    failure: string | null;
    failed_at: number;
    bookings: number;
  }>(
    `SELECT n.id, n.name, n.failure, n.failed_at,
        (SELECT COUNT(*) FROM allocations a WHERE a.node_id = n.id AND a.released_at IS NULL AND a.state = 'held') AS bookings
       FROM nodes n WHERE n.state = 'failed' ORDER BY n.failed_at LIMIT 500`,
  );
  return rows.map((row) => ({
    id: `node-${row.id}`,
    kind: 'node',
    text: `Machine ${row.name} is out of order: ${row.failure ?? 'it could not be cleaned'}`,
    since: Number(row.failed_at),
    hits: Number(row.bookings) > 0 ? bookings(Number(row.bookings)) : null,
    about: `/nodes/${row.id}`,
    action: retry(`node-${row.id}`),
  }));
}

/** A booking is moved off its machine within a minute, or shown here (design, section 3). */
const moveWithin = minute;

/** On a failed machine only those that start within a day: until then it may well be repaired. */
async function unmovedBookings(reader: Reader): Promise<AttentionItem[]> {
  const rows = await strandedBookings(reader);
  const unmoved = rows.filter(
    (row) =>
      row.since <= reader.now - moveWithin &&
      (row.node_state !== 'failed' || row.hold_from - reader.now <= failedRest),
  );
  return unmoved.map((row) => ({
    id: `booking-${row.id}`,
    kind: 'booking',
    text: `Booking ${row.reservation_id} of ${row.image_name} is on ${row.node_name}, which is ${row.node_state === 'failed' ? 'out of order' : 'not in service'}, and no other machine is free for it.`,
    since: row.since,
    hits:
      row.start_at > reader.now
        ? `${row.user_name}, in ${inWords(row.start_at - reader.now)}`
        : row.user_name,
    about: `/reservations/${row.reservation_id}`,
    action: retry(`booking-${row.id}`),
  }));
}

function bookings(count: number): string {
  return count === 1 ? 'one coming booking' : `${count} coming bookings`;
}

/** A guest's QEMU stops it when there is no room for what it writes. */
async function pausedNodes(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ id: number; name: string; reservation_id: number; since: number | null }>(
    `SELECT n.id, n.name, a.reservation_id,
        (SELECT MAX(e.at) FROM events e WHERE e.reservation_id = a.reservation_id AND e.kind = 'paused') AS since
       FROM nodes n JOIN allocations a ON a.node_id = n.id AND a.released_at IS NULL AND a.state IN ('ready', 'inuse')
       WHERE n.power = 'paused' LIMIT 500`,
  );
  return rows.map((row) => ({
    id: `paused-${row.id}`,
    kind: 'node',
    text: `Machine ${row.name} stands still: the disk that holds the machines' disks is full. It goes on by itself when there is room.`,
    since: Number(row.since ?? reader.now),
    hits: `reservation ${row.reservation_id}`,
    about: `/nodes/${row.id}`,
    action: null,
  }));
}

async function suspendedRevisions(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{
    id: number;
    name: string;
    number: number;
    suspended_at: number;
    suspended_because: string;
  }>(
    `SELECT v.id, i.name, v.number, v.suspended_at, v.suspended_because FROM image_revisions v JOIN images i ON i.id = v.image_id
       WHERE v.suspended_at IS NOT NULL AND i.production_revision_id = v.id`,
  );
  return rows.map((row) => ({
    id: `revision-${row.id}`,
    kind: 'revision',
    text: `${row.name}-v${row.number} is suspended, it failed on two machines: ${row.suspended_because}`,
    since: Number(row.suspended_at),
    hits: `everybody who wants ${row.name}`,
    about: `/images/${encodeURIComponent(row.name)}`,
    action: retry(`revision-${row.id}`, 'Allow it again'),
  }));
}

/** The machine and its disk are kept until its person, or an administrator, tries again or gives up. */
async function failedCaptures(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{
    id: number;
    user_name: string;
    image_name: string;
    because: string;
    at: number;
  }>(
    `SELECT r.id, u.name AS user_name, i.name AS image_name, r.capture_failure AS because,
        COALESCE((SELECT MAX(e.at) FROM events e WHERE e.reservation_id = r.id AND e.kind = 'capture-failed'), r.created_at) AS at
       FROM reservations r JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id
       WHERE r.live = 1 AND r.capture_failure IS NOT NULL ORDER BY r.id LIMIT 500`,
  );
  return rows.map((row) => ({
    id: `capture-${row.id}`,
    kind: 'capture',
    text: `Capturing reservation ${row.id} of ${row.image_name} did not succeed: ${row.because}`,
    since: Number(row.at),
    hits: `${row.user_name}, whose machine is kept`,
    action: { label: 'Look at it', path: `/reservations/${row.id}`, link: true },
  }));
}

async function failedTasks(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{
    id: number;
    action: string;
    result: string;
    ended_at: number;
    reservation_id: number | null;
  }>(
    // a failed capture stands above by itself
    `SELECT t.id, t.action, t.result, t.ended_at, t.reservation_id FROM tasks t WHERE t.status = 'failed'
       AND NOT (t.action IN ('image', 'checkpoint') AND EXISTS (SELECT 1 FROM reservations r
         WHERE r.id = t.reservation_id AND r.live = 1 AND r.capture_failure IS NOT NULL))
       ORDER BY t.id DESC LIMIT 100`,
  );
  return rows.map((row) => ({
    id: `task-${row.id}`,
    kind: 'task',
    text: `The work "${row.action}" failed: ${row.result}`,
    since: Number(row.ended_at),
    hits: row.reservation_id === null ? null : `reservation ${row.reservation_id}`,
    about: `/tasks/${row.id}`,
    action: retry(`task-${row.id}`),
  }));
}

async function quarantined(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ name: string; what: string; since: number }>(
    'SELECT name, what, since FROM quarantine',
  );
  return rows.map((row) => ({
    id: `artefact-${row.name}`,
    kind: 'artefact',
    text: `A ${row.what} named ${row.name} is not of this installation: it is left alone.`,
    since: Number(row.since),
    hits: null,
    action: null,
  }));
}

async function booksDiffer(reader: Reader): Promise<AttentionItem[]> {
  const [last] = await reader.rows<{ id: number; at: number }>(
    "SELECT id, at FROM events WHERE kind = 'books-differ' AND at > ? ORDER BY id DESC LIMIT 1",
    [reader.now - 86_400_000],
  );
  if (!last) return [];
  const text = 'The nightly audit found hours that are held by nobody, or held twice. The log names them.';
  return [{ id: `books-${last.id}`, kind: 'books', text, since: Number(last.at), hits: null, action: null }];
}
