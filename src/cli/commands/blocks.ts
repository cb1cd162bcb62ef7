import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { addClassDayCommands } from './class-day.ts';
import { courseId } from './courses.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Block {
  readonly id: number;
  readonly course: { readonly name: string };
  readonly image: { readonly name: string };
  readonly seats: number;
  readonly when: string;
  readonly state: string;
  readonly says: string | null;
  readonly dates: number;
  readonly held: number;
}

interface BlockDetail extends Block {
  readonly occurrences: readonly {
    readonly id: number;
    readonly date: string;
    readonly seats: number;
    readonly image: { readonly name: string };
    readonly state: string;
    readonly says: string | null;
    readonly held: number;
    readonly claimed: number;
    readonly lost: number;
  }[];
}

interface Preview {
  readonly dates: readonly {
    readonly date: string;
    readonly fit: string;
    readonly fitting: number;
    readonly seats: number;
    readonly says: string | null;
    readonly others: readonly { readonly name: string }[];
  }[];
}

interface Wish extends Shown {
  readonly seats: number;
  readonly times: string;
  readonly grace?: number;
  readonly comment?: string;
}

/** `labrador blocks ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addBlockCommands(program: Command): void {
  const blocks = program.command('blocks').description('Seats of classes: asked for, approved, held');
  const add = (name: string, what: string) =>
    blocks.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list them').action(async ({ json }: Shown) => {
    show(await listAll<Block>('/blocks', {}), json, (all) => all.map(lineOf).join('\n') || 'There are none.');
  });
  add('show <id>', 'say what became of each date').action(async (id: string, { json }: Shown) => {
    show(await callApi<BlockDetail>('GET', `/blocks/${id}`), json, describe);
  });
  withWish(add('preview <course> <environment>', 'say which dates fit, and take nothing')).action(
    async (course: string, image: string, wish: Wish) => {
      const body = await wished(course, image, wish);
      show(await callApi<Preview>('POST', '/blocks/preview', body), wish.json, fitsOf);
    },
  );
  withWish(add('ask <course> <environment>', 'ask for seats')).action(
    async (course: string, image: string, wish: Wish) => {
      const body = await wished(course, image, wish);
      show(await callApi<BlockDetail>('POST', '/blocks', body), wish.json, describe);
    },
  );
  add('approve <id>', 'have its seats held, date by date')
    .option('--skip-short', 'leave out dates that do not fit; else nothing is held')
    .action(async (id: string, { json, skipShort }: Shown & { skipShort?: true }) => {
      const body = { skipsShort: skipShort === true };
      show(await callApi<BlockDetail>('POST', `/blocks/${id}/approve`, body), json, describe);
    });
  add('reject <id> <reason>', 'reject it; who asked for it is told why').action(
    async (id: string, reason: string, { json }: Shown) => {
      show(await callApi<BlockDetail>('POST', `/blocks/${id}/reject`, { reason }), json, describe);
    },
  );
  add('withdraw <id>', 'give back what has not begun').action(async (id: string, { json }: Shown) => {
    show(await callApi<BlockDetail>('POST', `/blocks/${id}/withdraw`, {}), json, describe);
  });
  addClassDayCommands(blocks);
  add('date <id> <date>', 'change one date, such as 2027-05-18')
    .option('--skip', 'leave it out')
    .option('--restore', 'take it in again')
    .option('--seats <n>', 'other seats', whole)
    .option('--image <environment>', 'another environment')
    .action(async (id: string, date: string, wish: DateWish) => {
      const found = (await callApi<BlockDetail>('GET', `/blocks/${id}`)).occurrences.filter(
        (one) => one.date === date,
      );
      const [only] = found;
      if (!only || found.length > 1)
        throw new CommandError(`It has ${only ? 'several times' : 'no date'} on ${date}.`);
      const { json, restore, ...rest } = wish;
      const body = restore ? { ...rest, skip: false } : rest;
      show(await callApi<BlockDetail>('PATCH', `/blocks/${id}/dates/${only.id}`, body), json, describe);
    });
}

/** `labrador classes ...`: for those who attend them. */
export function addClassCommands(program: Command): void {
  const classes = program.command('classes').description('Classes that you attend, and your seats in them');
  classes
    .command('list', { isDefault: true })
    .description('those whose seats can be taken now, or within a day')
    .option('--json', 'as the API answers')
    .action(async ({ json }: Shown) => {
      show(
        await callApi<Classes>('GET', '/classes'),
        json,
        ({ items }) => items.map(classLine).join('\n') || 'There are none.',
      );
    });
  classes
    .command('claim <id>')
    .description('take your seat')
    .option('--json', 'as the API answers')
    .action(async (id: string, { json }: Shown) => {
      const claimed = await callApi<{ readonly reservationId: number }>('POST', `/classes/${id}/claim`, {});
      show(claimed, json, ({ reservationId }) => `Your seat is reservation ${reservationId}.`);
    });
}

interface Classes {
  readonly items: readonly {
    readonly dateId: number;
    readonly course: string;
    readonly image: { readonly name: string };
    readonly start: string;
    readonly isOpen: boolean;
    readonly isFull: boolean;
    readonly reservationId: number | null;
  }[];
}

function classLine({
  dateId,
  course,
  image,
  start,
  isOpen,
  isFull,
  reservationId,
}: Classes['items'][number]): string {
  const open = isFull ? 'full' : isOpen ? 'open' : 'not open yet';
  const state = reservationId === null ? open : `reservation ${reservationId}`;
  return `${dateId}  ${course}  ${image.name}  ${start}  ${state}`;
}

interface DateWish extends Shown {
  readonly skip?: true;
  readonly restore?: true;
  readonly seats?: number;
  readonly image?: string;
}

function withWish(command: Command): Command {
  return command
    .requiredOption('--seats <n>', 'how many', whole)
    .requiredOption('--times <file>', 'when, as JSON like the API’s `recurrence`; - for standard input')
    .option('--grace <minutes>', 'unclaimed seats go back so long after the start', whole)
    .option('--comment <text>', 'for who decides');
}

async function wished(
  course: string,
  image: string,
  { seats, times, grace, comment }: Wish,
): Promise<object> {
  return {
    ...{ courseId: await courseId(course), image, seats, recurrence: readTimes(times) },
    ...(grace === undefined ? {} : { graceMinutes: grace }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function readTimes(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (cause) {
    throw new CommandError(`${file} cannot be read as JSON.`, 2, { cause });
  }
}

function lineOf({ id, course, seats, image, when, state, dates, held }: Block): string {
  return `${id}  ${course.name}  ${seats} x ${image.name}  ${when}  ${state}  held: ${held} of ${dates}`;
}

function describe({ occurrences, ...block }: BlockDetail): string {
  const dates = occurrences.map(
    ({ date, seats, image, state, says, held, claimed, lost }) =>
      `  ${date}  ${seats} x ${image.name}  ${state}  held: ${held}  claimed: ${claimed}  lost: ${lost}${says === null ? '' : `  ${says}`}`,
  );
  return [lineOf(block), ...(block.says === null ? [] : [block.says]), ...dates].join('\n');
}

function fitsOf({ dates }: Preview): string {
  const line = ({ date, fit, fitting, seats, says, others }: Preview['dates'][number]) =>
    `${date}  ${fit}  ${fitting} of ${seats}${says === null ? '' : `  ${says}`}${others.length > 0 ? `  instead: ${others.map(({ name }) => name).join(', ')}` : ''}`;
  return dates.map(line).join('\n');
}
