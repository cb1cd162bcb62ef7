import { type Command, InvalidArgumentError } from 'commander';
import { callApi } from '../call-api.ts';
import { say } from '../say.ts';

interface Reservation {
  readonly id: number;
  readonly state: string;
  readonly image: { readonly name: string } | string;
  readonly end: string;
}

/** What a person does from any computer, over REST: LABRADOR_URL says where, LABRADOR_TOKEN who. */
export function addReservationCommands(program: Command): void {
  program
    .command('reserve <image>')
    .description('reserve a machine now')
    .option('--minutes <n>', 'for how long', whole, 60)
    .action(async (image: string, { minutes }: { minutes: number }) => {
      print(await callApi<Reservation>('POST', '/reservations', { image, minutes }));
    });
  program
    .command('list')
    .description('list your reservations')
    .action(async () => {
      const { items } = await callApi<{ items: Reservation[] }>('GET', '/reservations');
      if (items.length === 0) say('You have no reservations.');
      for (const reservation of items) print(reservation);
    });
  program
    .command('connect <id>')
    .description('open the way to your machine and print how to get in')
    .action(connect);
  program
    .command('extend')
    .description('keep a machine longer')
    .argument('<id>', 'which', whole)
    .argument('<minutes>', 'how many more', whole)
    .action(async (id: number, minutes: number) => {
      print(await callApi<Reservation>('POST', `/reservations/${id}/extend`, { minutes }));
    });
  program
    .command('end')
    .description('give a machine back; what is on it is lost')
    .argument('<id>', 'which', whole)
    .action(async (id: number) => {
      await callApi('DELETE', `/reservations/${id}`);
      say(`Reservation ${id} has ended.`);
    });
}

interface Connection {
  readonly methods: readonly {
    readonly command: string;
    readonly password: string;
    readonly hostKeys: readonly string[];
  }[];
}

async function connect(id: string): Promise<void> {
  const { methods } = await callApi<Connection>('POST', `/reservations/${whole(id)}/connection`);
  for (const method of methods) {
    say(method.command);
    say(`  password: ${method.password}`);
    for (const key of method.hostKeys) say(`  host key: ${key}`);
  }
}

function print({ id, state, image, end }: Reservation): void {
  say(`${id}  ${state.padEnd(9)}  ${typeof image === 'string' ? image : image.name}  until ${end}`);
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
