import type { Command } from 'commander';
import { hoursFromWords, hoursInWords } from '../../domain/hours-words.ts';
import type { OpenHours } from '../../domain/weekly-hours.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { say } from '../say.ts';
import {
  adder,
  choosing,
  chosen,
  ownZone,
  type Shown,
  type Staying,
  stayingLines,
  type Which,
} from './closed-nodes.ts';
import { show } from './shown.ts';

interface Schedule {
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  readonly hours: readonly OpenHours[];
  readonly nodes: number;
  readonly waiting: number;
}

interface ScheduleDetail extends Schedule {
  readonly keptBy: readonly { readonly name: string }[];
  readonly stays: readonly Staying[];
}

/** `labrador schedule ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addScheduleCommands(program: Command): void {
  const group = program
    .command('schedule')
    .description('Weekly hours in which nodes may be used, for administrators');
  const add = adder(group);
  add('list', 'list the schedules').action(async ({ json }: Shown) => {
    show(
      await listAll<Schedule>('/schedules', {}),
      json,
      (all) => all.map(lineOf).join('\n') || 'There is none.',
    );
  });
  add('show <name>', 'say when its nodes are open, and what is booked outside').action(
    async (name: string, { json }: Shown) => {
      show(await callApi<ScheduleDetail>('GET', `/schedules/${await idOf(name)}`), json, describe);
    },
  );
  add('add <name> <hours>', 'add weekly hours, such as "Mon-Fri 08:00-20:00; Sat 10:00-16:00"')
    .option('--zone <zone>', 'whose clock', ownZone)
    .action(async (name: string, hours: string, { zone, json }: Shown & { zone: string }) => {
      const body = { name, timeZone: zone, hours: hoursFromWords(hours) };
      show(await callApi<Schedule>('POST', '/schedules', body), json, lineOf);
    });
  add('edit <name>', 'change it; what is not named stays')
    .option('--name <name>', 'what it is called from now on')
    .option('--hours <hours>', 'as for add')
    .option('--zone <zone>', 'whose clock')
    .action(async (name: string, wish: Shown & { name?: string; hours?: string; zone?: string }) => {
      const body = {
        ...(wish.name === undefined ? {} : { name: wish.name }),
        ...(wish.zone === undefined ? {} : { timeZone: wish.zone }),
        ...(wish.hours === undefined ? {} : { hours: hoursFromWords(wish.hours) }),
      };
      show(await callApi<Schedule>('PATCH', `/schedules/${await idOf(name)}`, body), wish.json, lineOf);
    });
  choosing(add('assign <name>', 'let nodes keep it; "none" for no schedule')).action(
    async (name: string, { json, ...which }: Shown & Which) => {
      const path = `/schedules/${name === 'none' ? name : await idOf(name)}/nodes`;
      const came = await callApi<{ changed: number }>('PUT', path, { nodes: chosen(which) });
      show(came, json, ({ changed }) => `${changed} nodes changed.`);
    },
  );
  group
    .command('remove <name>')
    .description('remove it: its nodes are open always')
    .action(async (name: string) => {
      await callApi('DELETE', `/schedules/${await idOf(name)}`);
      say(`${name} was removed.`);
    });
}

async function idOf(name: string): Promise<number> {
  const found = (await listAll<Schedule>('/schedules', {})).find((one) => one.name === name);
  if (!found) throw new CommandError(`There is no schedule ${JSON.stringify(name)}.`);
  return found.id;
}

function lineOf({ name, timeZone, hours, nodes, waiting }: Schedule): string {
  const still = waiting > 0 ? `, ${waiting} still to follow` : '';
  return `${name}  ${hoursInWords(hours)}  ${timeZone}  nodes: ${nodes}${still}`;
}

function describe({ keptBy, stays, ...schedule }: ScheduleDetail): string {
  const nodes = keptBy.length > 0 ? [`Kept by: ${keptBy.map(({ name }) => name).join(', ')}`] : [];
  return [lineOf(schedule), ...nodes, ...stayingLines(stays)].join('\n');
}
