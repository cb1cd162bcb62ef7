import type { Command } from 'commander';
import { makeClock } from '../../web/clock.ts';
import { callApi, listAll } from '../call-api.ts';
import { show, whole } from './shown.ts';

interface Shown {
  readonly json?: true;
}

interface Server {
  readonly id: number;
  readonly image: string;
  readonly state: string;
  readonly user: string;
  readonly end: string;
  readonly server: {
    readonly name: string;
    readonly openEnded: boolean;
    readonly loginGroup: string | null;
    readonly adminGroup: string | null;
  } | null;
}

interface Options extends Shown {
  readonly name?: string;
  readonly start?: string;
  readonly end?: string;
  readonly login?: string;
  readonly admin?: string;
}

/** `labrador server ...`, over REST. Connecting, extending and ending are those of every reservation. */
export function addServerCommands(program: Command): void {
  const group = program.command('server').description('Servers: machines for long that groups get into');
  const add = (name: string, what: string) =>
    group.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list those that you have, get into or look after')
    .option('--everybody', 'all, for administrators')
    .action(async ({ everybody, json }: Shown & { everybody?: true }) => {
      const all = await listAll<Server>('/servers', everybody ? { everybody: 'true' } : {});
      show(all, json, (found) => found.map(lineOf).join('\n') || 'There is no server.');
    });
  withChoices(add('take <image>', 'take a server'))
    .requiredOption('--name <words>', 'what people call it')
    .option('--start <time>', 'such as 2026-09-01T08:00:00Z; now unless told')
    .action(async (image: string, { json, start, ...options }: Options) => {
      const body = { image, ...(start ? { start } : {}), ...bodyOf(options) };
      show(await callApi<Server>('POST', '/servers', body), json, lineOf);
    });
  withChoices(
    add('edit', 'change one while it runs; what is not told stays').argument('<id>', 'which', whole),
  )
    .option('--name <words>', 'another name')
    .action(async (id: number, { json, ...options }: Options) => {
      show(await callApi<Server>('PATCH', `/servers/${id}`, bodyOf(options)), json, lineOf);
    });
}

function withChoices(command: Command): Command {
  return command
    .option('--end <time>', 'when it ends; "none" for no end')
    .option('--login <group>', 'whose people get in; "none" for nobody else')
    .option('--admin <group>', 'whose people look after it; "none" for nobody else');
}

function bodyOf({ name, end, login, admin }: Options): object {
  const orNone = (text: string) => (text === 'none' ? null : text);
  return {
    ...(name === undefined ? {} : { name }),
    ...(end === undefined ? {} : { end: orNone(end) }),
    ...(login === undefined ? {} : { loginGroup: orNone(login) }),
    ...(admin === undefined ? {} : { adminGroup: orNone(admin) }),
  };
}

function lineOf({ id, image, state, user, end, server }: Server): string {
  const until = server?.openEnded ? 'no end' : `until ${makeClock(null).when(Date.parse(end)).text}`;
  const { loginGroup = null, adminGroup = null } = server ?? {};
  const login = loginGroup === null ? '' : `  login: ${loginGroup}`;
  const admin = adminGroup === null ? '' : `  admin: ${adminGroup}`;
  return `${id}  ${server?.name ?? ''}  ${image}  ${state}  of ${user}  ${until}${login}${admin}`;
}
