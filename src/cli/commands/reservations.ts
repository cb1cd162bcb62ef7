import type { Command } from 'commander';
import { makeClock } from '../../web/clock.ts';
import { callApi } from '../call-api.ts';
import { say } from '../say.ts';
import { startTime } from '../start-time.ts';
import { type Waited, waitForMachine } from '../wait-for-machine.ts';
import { show, whole } from './shown.ts';

interface Reservation extends Waited {
  readonly image: string;
  readonly end: string;
  readonly endedAt: string | null;
  readonly machines: readonly { readonly name: string }[];
}

interface Shown {
  readonly json?: true;
}

/** What a person does from any computer, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addReservationCommands(program: Command): void {
  const add = (name: string, what: string) =>
    program.command(name).description(what).option('--json', 'as the API answers');
  add('reserve <image>', 'reserve a machine, now or later')
    .option('--minutes <n>', 'for how long', whole, 60)
    .option('--start <time>', 'when: 14:30, "2026-09-01 14:30", or ISO 8601 with a zone', (time) =>
      startTime(time),
    )
    .option('--wait', 'until it is ready, saying how far it is; then open the way and print how to get in')
    .action(reserve);
  add('availability <image>', 'when a machine can be had: at a time and, if not then, when instead')
    .option('--minutes <n>', 'for how long', whole, 60)
    .option('--count <n>', 'machines at the same time', whole, 1)
    .option('--start <time>', 'when: 14:30, "2026-09-01 14:30", or ISO 8601 with a zone', (time) =>
      startTime(time),
    )
    .action(availability);
  add('list', 'list your reservations').action(async ({ json }: Shown) => {
    show(await callApi<{ items: Reservation[] }>('GET', '/reservations'), json, linesOf);
  });
  add('connect', 'open the way to your machine and print how to get in')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      show(await callApi<Connection>('POST', `/reservations/${id}/connection`), json, waysIn);
    });
  add('change', 'another start, length or image for a booking that has not begun')
    .argument('<id>', 'which', whole)
    .option('--start <time>', 'when, as for reserve', (time) => startTime(time))
    .option('--minutes <n>', 'for how long', whole)
    .option('--image <name>', 'what is loaded')
    .action(async (id: number, { json, ...wanted }: Shown & Record<string, unknown>) => {
      show(await callApi<Reservation>('PATCH', `/reservations/${id}`, wanted), json, lineOf);
    });
  add('extend', 'keep a machine longer')
    .argument('<id>', 'which', whole)
    .argument('<minutes>', 'how many more', whole)
    .action(async (id: number, minutes: number, { json }: Shown) => {
      show(await callApi<Reservation>('POST', `/reservations/${id}/extend`, { minutes }), json, lineOf);
    });
  add('shorten', 'give back some of a machine’s time')
    .argument('<id>', 'which', whole)
    .argument('<minutes>', 'how many fewer', whole)
    .action(async (id: number, minutes: number, { json }: Shown) => {
      show(await callApi<Reservation>('POST', `/reservations/${id}/shorten`, { minutes }), json, lineOf);
    });
  add('another', 'have another machine for one that went down and does not start; what is on it is lost')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      show(await callApi<Reservation>('POST', `/reservations/${id}/another`), json, lineOf);
    });
  add('end', 'give a machine back; what is on it is lost')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      const ended = await callApi<Reservation>('DELETE', `/reservations/${id}`);
      show(ended, json, () => `Reservation ${id} has ended.`);
    });
}

interface ReserveOptions extends Shown {
  readonly minutes: number;
  readonly start?: string;
  readonly wait?: true;
}

async function reserve(image: string, { wait, json, ...asked }: ReserveOptions): Promise<void> {
  const made = await callApi<Reservation>('POST', '/reservations', { image, ...asked });
  if (!wait) return show(made, json, lineOf);
  if (!json) say(lineOf(made));
  const ready = await waitForMachine<Reservation, Connection>(made.id);
  show(ready, json, ({ connection }) => (connection === null ? nothingThere : waysIn(connection)));
}

interface Availability {
  readonly possible: boolean;
  readonly text: string;
  readonly free: number | null;
  readonly machines: number | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly alternatives: readonly {
    readonly kind: string;
    readonly label: string;
    readonly start?: string;
  }[];
}

async function availability(
  image: string,
  { json, minutes, count, start }: Omit<ReserveOptions, 'wait'> & { readonly count: number },
): Promise<void> {
  const asked = { image, minutes: String(minutes), count: String(count), ...(start ? { start } : {}) };
  const answer = await callApi<Availability>('GET', `/availability?${new URLSearchParams(asked).toString()}`);
  show(answer, json, ({ text, free, machines, alternatives }) => {
    const { when } = makeClock(null);
    const many = free === null ? [] : [`${free} of ${machines} machines are free for all of that time.`];
    const booked = alternatives.filter(({ kind }) => kind === 'start' || kind === 'minutes');
    const times = booked.map((one) => `  ${one.start ? when(Date.parse(one.start)).text : one.label}`);
    return [text, ...many, ...(times.length > 0 ? ['What would work:', ...times] : [])].join('\n');
  });
}

const nothingThere = 'It is simulated: there is nothing to connect to.';

function linesOf({ items }: { items: readonly Reservation[] }): string {
  return items.length === 0 ? 'You have no reservations.' : items.map(lineOf).join('\n');
}

function lineOf({ id, state, image, start, end, endedAt, machines }: Reservation): string {
  const { now, when } = makeClock(null);
  const at = (time: string) => when(Date.parse(time)).text;
  const from = Date.parse(start) > now ? `${at(start)} ` : '';
  const until = endedAt === null ? `${from}until ${at(end)}` : `ended ${at(endedAt)}`;
  const many = machines.length > 0 ? `, ${machines.length} machines` : '';
  return `${id}  ${state.padEnd(9)}  ${image}${many}  ${until}`;
}

interface Connection {
  readonly methods: readonly {
    readonly machine: string | null;
    readonly command: string;
    readonly password: string;
    readonly hostKeys: readonly string[];
  }[];
}

function waysIn({ methods }: Connection): string {
  const lines = methods.flatMap(({ machine, command, password, hostKeys }) => {
    return [
      `${machine === null ? '' : `${machine}: `}${command}`,
      `  password: ${password}`,
      ...hostKeys.map((key) => `  host key: ${key}`),
    ];
  });
  return lines.join('\n');
}
