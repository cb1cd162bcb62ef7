import type { Command } from 'commander';
import { callApi } from '../call-api.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Later {
  readonly later?: true;
}

interface Wall {
  readonly tiles: readonly {
    readonly seat: number | null;
    readonly state: string;
    readonly person: string | null;
    readonly node: string | null;
    readonly end: string;
  }[];
}

/** `labrador blocks seats`, and what is done while a class is held: each answers with the seats as they are then. */
export function addClassDayCommands(blocks: Command): void {
  const add = (name: string, what: string) =>
    blocks.command(name).description(what).option('--json', 'as the API answers');
  const path = (id: string, date: string) => `/blocks/${id}/dates/${date}`;
  const doing = async (at: string, body: object, json: true | undefined) =>
    show(await callApi<Wall>('POST', at, body), json, tilesText);
  add('seats <id> <date-id>', 'every seat of one date as it is now').action(
    async (id: string, date: string, { json }: Shown) => {
      show(await callApi<Wall>('GET', `${path(id, date)}/seats`), json, tilesText);
    },
  );
  add('say <id> <date-id> <text>', 'tell all who sit in a class something').action(
    (id: string, date: string, text: string, { json }: Shown) =>
      doing(`${path(id, date)}/message`, { text }, json),
  );
  add('extend <id> <date-id>', 'have a class last longer')
    .argument('<minutes>', 'by how much', whole)
    .action((id: string, date: string, minutes: number, { json }: Shown) =>
      doing(`${path(id, date)}/extend`, { minutes }, json),
    );
  add('extra <id> <date-id> <person>', 'let a student keep their seat longer than the class')
    .argument('<minutes>', 'by how much; 0: no longer', whole)
    .option('--later', 'at the dates that follow, too')
    .action((id: string, date: string, person: string, minutes: number, options: Shown & Later) => {
      const { json, later } = options;
      return doing(`${path(id, date)}/extra`, { person, minutes, later: later === true }, json);
    });
  add(
    'another <id> <date-id> <person>',
    'give a student another machine, whose own went down and does not start again',
  ).action((id: string, date: string, person: string, { json }: Shown) =>
    doing(`${path(id, date)}/another`, { person }, json),
  );
  add('end <id> <date-id>', 'end a class in five minutes').action(
    (id: string, date: string, { json }: Shown) => doing(`${path(id, date)}/end`, {}, json),
  );
  add('go-on <id> <date-id>', 'let a class that was ended go on after all').action(
    (id: string, date: string, { json }: Shown) => doing(`${path(id, date)}/go-on`, {}, json),
  );
  add('start-for <id> <date-id> <person>', 'take a seat for a student').action(
    async (id: string, date: string, person: string, { json }: Shown) => {
      const taken = await callApi<{ readonly reservationId: number }>('POST', `${path(id, date)}/start`, {
        person,
      });
      show(taken, json, ({ reservationId }) => `Their seat is reservation ${reservationId}.`);
    },
  );
}

function tilesText({ tiles }: Wall): string {
  return tiles
    .map(({ seat, state, person, node, end }) =>
      [seat ?? '-', state, person ?? '-', node ?? '-', `until ${end}`].join('  '),
    )
    .join('\n');
}
