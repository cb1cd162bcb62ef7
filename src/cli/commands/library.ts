import { type Command, Option } from 'commander';
import { counted } from '../../domain/counted.ts';
import type { IdleRules } from '../../domain/idle-rules.ts';
import { visibilities } from '../../domain/may.ts';
import { callApi, listAll } from '../call-api.ts';
import { CommandError } from '../failure.ts';
import { say } from '../say.ts';
import { addIdleOptions, type IdleOptions, idleBody, idleLine } from './idle-options.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Listed {
  readonly name: string;
  readonly title: string;
  readonly visibility: string;
  readonly production: number | null;
  readonly revisions: number;
  readonly bytes: number;
  readonly reservations: number;
  readonly nodes: number;
  readonly goneAt: string | null;
}

interface Revision {
  readonly number: number;
  readonly state: string;
  readonly comment: string;
  readonly madeBy: string | null;
  readonly nodes: number;
  readonly progress: string | null;
}

const at = (name: string) => `/images/${encodeURIComponent(name)}`;

/** What an image admin does from any computer, over REST: under the same `labrador image` as the local ones. */
export function addLibraryCommands(image: Command): void {
  const add = (name: string, what: string) =>
    image.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list the images, those that nobody uses first').action(async ({ json }: Shown) => {
    show(await listAll<Listed>('/library', {}), json, listLines);
  });
  add('show <name>', 'say what an image is and needs').action(async (name: string, { json }: Shown) => {
    show(await callApi<Record<string, unknown>>('GET', `${at(name)}/properties`), json, factLines);
  });
  addIdleOptions(add('idle <name>', 'say after how long its machines go to others, and see it')).action(
    async (name: string, { json, ...options }: Shown & IdleOptions) => {
      const changes = idleBody(options);
      const asks = Object.keys(changes).length === 0;
      const now = asks
        ? await callApi<IdleRules>('GET', `${at(name)}/properties`)
        : await callApi<IdleRules>('PATCH', at(name), changes);
      show(now, json, (rules) => `${name} ${idleLine(rules)}`);
    },
  );
  add('capture', 'save a reserved machine as a new image, or as a revision of one')
    .argument('<reservation>', 'which', whole)
    .option('--title <words>', 'of a new image: what people read')
    .option('--name <name>', 'of a new image; made from the title when absent')
    .option('--revision-of <image>', 'instead of a new image')
    .option('--comment <words>', 'what has changed')
    .option('--go-on', 'keep the machine afterwards')
    .action(async (id: number, { json, ...wish }: Shown & Record<string, unknown>) => {
      const begun = await callApi<Begun>('POST', `/reservations/${id}/capture`, wish);
      show(begun, json, ({ image: saved, revision }) => `Saving as ${saved}, revision ${revision}.`);
    });
  add('revisions <name>', 'list the revisions of an image').action(async (name: string, { json }: Shown) => {
    show(await listAll<Revision>(`${at(name)}/revisions`, {}), json, revisionLines);
  });
  add('production <name>', 'make a revision the production one; the one before is the way back')
    .argument('<number>', 'which', whole)
    .action(async (name: string, number: number, { json }: Shown) => {
      const begun = await callApi<object>('POST', `${at(name)}/revisions/${number}/production`);
      show(begun, json, () => `Revision ${number} is loaded once, and then made production.`);
    });
  add('publish <name>', 'say who sees an image')
    .addOption(
      new Option('--to <whom>', 'its owner alone, some groups, or everyone')
        .choices([...visibilities])
        .makeOptionMandatory(),
    )
    .option('--groups <names...>', 'which groups')
    .action(async (name: string, { to, groups, json }: Shown & { to: string; groups?: string[] }) => {
      const body = { visibility: to, ...(groups ? { groups } : {}) };
      const now = await callApi<object>('PUT', `${at(name)}/publication`, body);
      show(now, json, () => `${name} is seen by: ${groups ? groups.join(', ') : to}.`);
    });
  add('members', 'say which machines come with an image: all of them, as role=image or role=image:number')
    .argument('<name>', 'which image')
    .argument('[machines...]', 'none: it is one machine by itself')
    .action(async (name: string, wanted: string[], { json }: Shown) => {
      const now = await callApi<{ members: readonly Member[] }>('PATCH', at(name), {
        members: wanted.map(memberOf),
      });
      show(now, json, ({ members }) => memberLines(name, members));
    });
  image
    .command('delete <name>')
    .description(
      'delete an image that nobody uses, or one of its revisions; for seven days it can be restored',
    )
    .option('--revision <number>', 'one revision', whole)
    .action(async (name: string, { revision }: { revision?: number }) => {
      await callApi('DELETE', revision === undefined ? at(name) : `${at(name)}/revisions/${revision}`);
      say(revision === undefined ? `${name} was deleted.` : `Revision ${revision} of ${name} was deleted.`);
    });
  image
    .command('restore <name>')
    .description('undo the deletion of an image, or of one of its revisions')
    .option('--revision <number>', 'one revision', whole)
    .action(async (name: string, { revision }: { revision?: number }) => {
      const which = revision === undefined ? at(name) : `${at(name)}/revisions/${revision}`;
      await callApi('POST', `${which}/restore`);
      say(revision === undefined ? `${name} was restored.` : `Revision ${revision} of ${name} was restored.`);
    });
}

interface Member {
  readonly role: string;
  readonly image: string;
  readonly machines: number;
}

function memberOf(word: string): Member {
  const [, role = '', image = '', machines = '1'] = /^([^=]*)=([^:]*)(?::(\d{1,3}))?$/.exec(word) ?? [];
  if (role === '' || image === '')
    throw new CommandError(`"${word}" is not role=image or role=image:number.`);
  return { role, image, machines: Number(machines) };
}

function memberLines(name: string, members: readonly Member[]): string {
  if (members.length === 0) return `${name} is one machine by itself.`;
  return members
    .map(({ role, image, machines }) => `${role}: ${image}${machines > 1 ? `, ${machines} machines` : ''}`)
    .join('\n');
}

interface Begun {
  readonly image: string;
  readonly revision: number;
}

function listLines(all: readonly Listed[]): string {
  const lines = all.map(({ name, production, revisions, bytes, visibility, reservations, nodes, goneAt }) => {
    const use = goneAt
      ? `deleted, gone ${goneAt}`
      : `${counted(reservations, 'reservation')}, on ${counted(nodes, 'machine')}`;
    const size = `${(bytes / 1_000_000).toFixed(0)} MB`;
    return `${name}  v${production ?? '-'} of ${revisions}  ${size}  ${visibility}  ${use}`;
  });
  return lines.length === 0 ? 'There is no image.' : lines.join('\n');
}

function wordOf(one: unknown): string {
  if (typeof one !== 'object' || one === null) return String(one);
  const { role, image, machines } = one as Member;
  return `${role}=${image}:${machines}`;
}

function factLines(facts: Readonly<Record<string, unknown>>): string {
  const text = (value: unknown) =>
    Array.isArray(value) ? value.map(wordOf).join(', ') : String(value ?? '-');
  return Object.entries(facts)
    .map(([name, value]) => `${name}: ${text(value)}`)
    .join('\n');
}

function revisionLines(all: readonly Revision[]): string {
  const lines = all.map(({ number, state, comment, madeBy, nodes, progress }) => {
    const more = [comment, progress].filter(Boolean).join('; ');
    return `v${number}  ${state.padEnd(11)}  ${madeBy ?? '-'}  on ${counted(nodes, 'machine')}  ${more}`.trimEnd();
  });
  return lines.join('\n');
}
