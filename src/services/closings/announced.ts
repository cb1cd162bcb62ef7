import type { MaintenanceRow } from '../../../db/repositories/maintenance.ts';
import type { Reader } from '../../../db/transaction.ts';
import { day } from '../../domain/time.ts';
import type { AnnouncementView } from '../views.ts';
import { maintenanceAnnouncement } from './words.ts';

const ahead = 7 * day;

/** Windows that close everything, from a week before: everybody reads of them. */
export async function announcedMaintenance(reader: Reader): Promise<AnnouncementView[]> {
  const rows = await reader.rows<MaintenanceRow>(
    `SELECT * FROM maintenance_windows WHERE nodes_kind = 'all' AND ended_at IS NULL AND until_at > ? AND from_at <= ?
       ORDER BY from_at`,
    [reader.now, reader.now + ahead],
  );
  return rows.map((row) => {
    const [from, until] = [Number(row.from_at), Number(row.until_at)];
    const { reason, time_zone: timeZone } = row;
    const running = from <= reader.now;
    return { id: 0, text: maintenanceAnnouncement({ from, until, timeZone, reason, running }), until };
  });
}
