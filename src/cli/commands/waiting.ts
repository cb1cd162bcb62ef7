import type { Command } from 'commander';
import { makeClock } from '../../web/clock.ts';
import { callApi, listAll } from '../call-api.ts';
import { say } from '../say.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Waiting {
  readonly id: number;
  readonly image: string;
  readonly user: string;
  readonly since: string;
  readonly minutes: number;
  readonly place: number | null;
  readonly estimate: string | null;
  readonly askFirst: boolean;
  readonly offer: { readonly reservationId: number; readonly until: string } | null;
}

/** `labrador waitlist ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addWaitingCommands(program: Command): void {
  const group = program.command('waitlist').description('Your places in the line, where nothing is free');
  const add = (name: string, what: string) =>
    group.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list your places, and what is offered to you')
    .option('--everybody', 'for administrators: not only your own, with whose they are and since when')
    .action(async ({ json, everybody }: Shown & { everybody?: true }) => {
      const all = await listAll<Waiting>('/waitlist', everybody ? { everybody: 'true' } : {});
      const nobody = everybody ? 'Nobody waits.' : 'You wait for nothing.';
      show(all, json, (found) => found.map(everybody ? wholeLineOf : lineOf).join('\n') || nobody);
    });
  add('join <image>', 'wait for a machine: the next that becomes free is started for you')
    .option('--minutes <n>', 'for how long', whole, 60)
    .option('--ask', 'ask me first: it is held for 15 minutes')
    .action(async (image: string, { minutes, ask, json }: Shown & { minutes: number; ask?: true }) => {
      const body = { image, minutes, askFirst: ask === true };
      show(await callApi<Waiting>('POST', '/waitlist', body), json, lineOf);
    });
  group
    .command('accept')
    .description('take what is offered')
    .argument('<reservation>', 'its number', whole)
    .action(async (id: number) => {
      await callApi('POST', `/reservations/${id}/accept`);
      say(`Reservation ${id} is yours.`);
    });
  group
    .command('leave')
    .description('give up a place; what is offered is declined')
    .argument('<id>', 'which', whole)
    .action(async (id: number) => {
      await callApi('DELETE', `/waitlist/${id}`);
      say('You do not wait for it any more.');
    });
}

const when = (iso: string) => makeClock(null).when(Date.parse(iso)).text;

function wholeLineOf(one: Waiting): string {
  return `${lineOf(one)}  ${one.user}, since ${when(one.since)}`;
}

function lineOf({ id, image, minutes, place, estimate, askFirst, offer }: Waiting): string {
  const head = `${id}  ${image}  ${minutes} min`;
  if (offer)
    return `${head}  offered: labrador waitlist accept ${offer.reservationId}, until ${when(offer.until)}`;
  const turn = estimate === null ? '' : `, ${when(estimate)} at the latest`;
  return `${head}  ${place === null ? 'far behind' : `place ${place}`}${turn}${askFirst ? ', asked first' : ''}`;
}
