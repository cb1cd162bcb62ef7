import { type Command, InvalidArgumentError } from 'commander';
import { makeClock } from '../../web/clock.ts';
import { askedSite, callApi } from '../call-api.ts';
import { say } from '../say.ts';
import { show, whole } from './shown.ts';

interface Entry {
  readonly image: string;
  readonly start: string;
  readonly end: string;
  readonly reservation: { readonly id: number; readonly state: string } | null;
  readonly class: { readonly course: string; readonly teaches: boolean } | null;
}

/** `labrador calendar ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addCalendarCommands(program: Command): void {
  const calendar = program.command('calendar').description('Your own calendar');
  calendar
    .command('list')
    .description('what you have booked, and classes of your courses')
    .option('--days <n>', 'so many days ahead', whole, 28)
    .option('--json', 'as the API answers')
    .action(async ({ days, json }: { days: number; json?: true }) => {
      const now = makeClock(null).now;
      const until = new Date(now + days * 86_400_000).toISOString();
      const query = new URLSearchParams({ from: new Date(now).toISOString(), until });
      const found = await callApi<{ items: Entry[] }>('GET', `/calendar?${query.toString()}`);
      show(found, json, ({ items }) => items.map(lineOf).join('\n') || 'Nothing is booked.');
    });
  calendar
    .command('address')
    .description('make a private address for calendar programs; one that you have ends')
    .action(async () => {
      const { path } = await callApi<{ path: string }>('POST', '/calendar/address');
      say(`${askedSite()}${path}`);
    });
  calendar
    .command('revoke')
    .description('end the private address')
    .action(async () => {
      await callApi('DELETE', '/calendar/address');
      say('It leads nowhere any more.');
    });
  calendar
    .command('invitations <on|off>')
    .description('whether bookings for later are mailed as invitations')
    .action(async (wanted: string) => {
      if (wanted !== 'on' && wanted !== 'off') throw new InvalidArgumentError('Expected on or off.');
      await callApi('PUT', '/calendar/invitations', { invited: wanted === 'on' });
      say(wanted === 'on' ? 'Invitations are mailed.' : 'No invitations are mailed.');
    });
}

function lineOf({ image, start, end, reservation, class: seats }: Entry): string {
  const clock = makeClock(null);
  const what =
    reservation === null
      ? `class of ${seats?.course}${seats?.teaches ? ', which you teach' : ''}`
      : `reservation ${reservation.id}, ${reservation.state}`;
  const [from, until] = [start, end].map((at) => clock.when(Date.parse(at)).text);
  return `${from} to ${until}  ${image}  (${what})`;
}
