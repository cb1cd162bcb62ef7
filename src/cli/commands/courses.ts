import type { Command } from 'commander';
import { inWords, minute } from '../../domain/time.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { say } from '../say.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Course {
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  readonly termFrom: string;
  readonly termUntil: string;
  readonly instructors: readonly { readonly name: string }[];
  readonly members: number;
  readonly ownSeats: number;
  readonly budgetHours: number | null;
}

interface CourseDetail extends Course {
  readonly people: readonly { readonly name: string }[];
}

interface Wish extends Shown {
  readonly zone?: string;
  readonly from?: string;
  readonly until?: string;
  readonly instructors?: readonly string[];
  readonly ownSeats?: number;
  /** As typed: commander would take null for nothing. */
  readonly budgetHours?: number | 'none';
}

interface Budget {
  readonly course: { readonly name: string };
  readonly hours: number;
  readonly leftMinutes: number;
  readonly until: string;
}

/** `labrador budget`: what is left of one's own hours. */
export function addBudgetCommand(program: Command): void {
  program
    .command('budget')
    .description('The hours that you have left for your courses')
    .option('--json', 'as the API answers')
    .action(async ({ json }: Shown) => {
      show(
        await listAll<Budget>('/budgets', {}),
        json,
        (all) => all.map(budgetLine).join('\n') || 'Your hours are not counted.',
      );
    });
}

const budgetLine = ({ course, hours, leftMinutes, until }: Budget) =>
  `${course.name}  ${leftMinutes === 0 ? 'nothing' : inWords(leftMinutes * minute)} of ${hours} h left, until ${until}`;

/** `labrador course ...`, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addCourseCommands(program: Command): void {
  const course = program.command('course').description('Courses: groups that somebody teaches');
  const add = (name: string, what: string) =>
    course.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list the courses').action(async ({ json }: Shown) => {
    show(await findCourses(), json, (all) => all.map(lineOf).join('\n') || 'There is no course.');
  });
  add('show <name>', 'say when a course is, who teaches it and who is in it').action(
    async (name: string, { json }: Shown) => {
      show(await callApi<CourseDetail>('GET', `/courses/${await courseId(name)}`), json, describe);
    },
  );
  withFacts(add('add <group>', 'make a group a course')).action(async (group: string, wish: Wish) => {
    show(await callApi<Course>('POST', '/courses', { group, ...wished(wish) }), wish.json, lineOf);
  });
  withFacts(add('edit <name>', 'change a course; what is not named stays')).action(
    async (name: string, wish: Wish) => {
      const id = await courseId(name);
      show(await callApi<Course>('PATCH', `/courses/${id}`, wished(wish)), wish.json, lineOf);
    },
  );
  add('members <name>', 'put people into a course, or take them out')
    .option('--add <logins...>', 'who comes in')
    .option('--remove <logins...>', 'who goes')
    .action(async (name: string, { json, ...body }: Shown) => {
      const came = await callApi<Reports>('POST', `/courses/${await courseId(name)}/members`, body);
      show(came, json, ({ rows }) => rows.map((row) => `${row.name}: ${row.says}`).join('\n'));
    });
  course
    .command('remove <name>')
    .description('make a course an ordinary group again')
    .action(async (name: string) => {
      await callApi('DELETE', `/courses/${await courseId(name)}`);
      say(`${name} is an ordinary group.`);
    });
}

interface Reports {
  readonly rows: readonly { readonly name: string; readonly says: string }[];
}

function withFacts(command: Command): Command {
  return command
    .option('--zone <zone>', 'its time zone, such as Europe/Berlin')
    .option('--from <date>', 'when its term begins, such as 2027-04-12')
    .option('--until <date>', 'when its term ends')
    .option('--instructors <logins...>', 'who teaches it: these and no others')
    .option('--own-seats <n>', 'up to so many seats they approve by themselves', whole)
    .option('--budget-hours <n>', 'hours of each person for its term; "none" for no budget', hoursOrNone);
}

const hoursOrNone = (text: string) => (text === 'none' ? text : whole(text));

function wished({ zone, from, until, instructors, ownSeats, budgetHours }: Wish): object {
  const hours = budgetHours === 'none' ? null : budgetHours;
  const all = { timeZone: zone, termFrom: from, termUntil: until, instructors, ownSeats, budgetHours: hours };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function findCourses(): Promise<readonly Course[]> {
  return listAll<Course>('/courses', {});
}

/** The id of a course by its name. */
export async function courseId(name: string): Promise<number> {
  const found = (await findCourses()).find((one) => one.name === name);
  if (!found) throw new CommandError(`There is no course ${JSON.stringify(name)} of yours.`);
  return found.id;
}

function lineOf({ name, termFrom, termUntil, timeZone, members, instructors }: Course): string {
  const taught = instructors.map((one) => one.name).join(', ') || 'nobody';
  return `${name}  ${termFrom} to ${termUntil}  ${timeZone}  people: ${members}  taught by: ${taught}`;
}

function describe({ people, ...course }: CourseDetail): string {
  const names = people.map(({ name }) => name).join(', ') || 'nobody';
  const own = course.ownSeats > 0 ? [`They approve up to ${course.ownSeats} seats by themselves.`] : [];
  const hours = course.budgetHours === null ? [] : [`Each has ${course.budgetHours} h for the term.`];
  return [lineOf(course), ...own, ...hours, `In it: ${names}`].join('\n');
}
