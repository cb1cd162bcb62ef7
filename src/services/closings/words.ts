import { zoneFormat } from '../../domain/wall-clock.ts';

const how = {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
} as const;

/** `Saturday 28 November at 22:00 (Europe/Berlin)`: a notice is read by people in other zones too. */
function whenIn(at: number, zone: string): string {
  return `${zoneFormat(zone, how).format(at)} (${zone})`;
}

/** What whoever has a machine is told of its maintenance. */
export function maintenanceNotice(facts: Readonly<Record<string, unknown>>): string {
  const [from, until, zone, reason] = [
    Number(facts.from),
    Number(facts.until),
    String(facts.timeZone),
    String(facts.reason),
  ];
  const begins = `Your machine goes into maintenance on ${whenIn(from, zone)}, until ${whenIn(until, zone)}: ${reason.replace(/(?<=[^.!?])$/, '.')}`;
  if (facts.ends === true) return `${begins} Your reservation ends then; save what you need before.`;
  if (facts.begins === true)
    return `${begins} No other machine is free for you. What you booked begins within it: until then we look for another machine. You can change the booking, or cancel it.`;
  return `${begins} No other machine is free for you. You may keep yours; please be done by then, if you can.`;
}

/** What everybody reads of a window that closes all of it. */
export function maintenanceAnnouncement(row: {
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
  readonly reason: string;
  readonly running: boolean;
}): string {
  const { from, until, timeZone: zone, reason, running } = row;
  if (running) return `Maintenance until ${whenIn(until, zone)}: ${reason}`;
  return `All machines are in maintenance from ${whenIn(from, zone)} until ${whenIn(until, zone)}: ${reason}`;
}
