/** Login sessions, told from other processes by what they descend from. */
import type { Connected } from '../../../src/domain/contracts/os.ts';

interface Process {
  readonly name: string;
  readonly parent: number;
  readonly uid: number;
}

/** Programs that let people in; the kernel keeps 15 characters of a name. */
const doors = new Set([
  ...[
    'sshd',
    'sshd-session',
    'dropbear',
    'login',
    'xrdp-sesman',
    'gdm-session-wor',
    'lightdm',
    'sddm-helper',
  ],
]);

/**
 * Reads what `list_processes` prints. A process of the account that descends from a door is a session; what was left
 * running after its session (nohup, tmux, a user manager) is not, nor is a shell that a gateway's terminal keeps, nor the
 * door that shell came by: OpenSSH runs a part of itself as the account.
 */
export function readSessions(listing: string): Connected {
  const [first = '', ...lines] = listing.split('\n');
  if (first === '') return 'no';
  const { processes, terminals } = parse(lines);
  const isOwn = ([, { uid }]: readonly [number, Process]) => uid === Number(first);
  const doorsOfTerminals = new Set([...terminals].flatMap((pid) => lineOf(pid, processes)));
  const own = [...processes].filter(isOwn).map(([pid]) => pid);
  return own.some((pid) => !doorsOfTerminals.has(pid) && cameIn(pid, processes, terminals)) ? 'yes' : 'no';
}

function parse(lines: readonly string[]) {
  const processes = new Map<number, Process>();
  const terminals = new Set<number>();
  let fields: Record<string, string> = {};
  for (const line of lines) {
    const [key = '', value = ''] = line.split(/:?\s+/);
    if (key === 'Terminal') terminals.add(Number(value));
    if (key === 'Name') fields = {};
    fields[key] = value;
    if (key !== 'Uid') continue;
    const { Name: name = '', Pid: pid, PPid: parent } = fields;
    processes.set(Number(pid), { name, parent: Number(parent), uid: Number(value) });
  }
  return { processes, terminals };
}

function cameIn(
  pid: number,
  processes: ReadonlyMap<number, Process>,
  terminals: ReadonlySet<number>,
): boolean {
  for (const at of lineOf(pid, processes)) {
    if (terminals.has(at)) return false;
    if (doors.has(processes.get(at)?.name ?? '')) return true;
  }
  return false;
}

/** The process and all it descends from, itself first. */
function lineOf(pid: number, processes: ReadonlyMap<number, Process>): number[] {
  const line = new Set<number>();
  for (let at = pid; at > 1 && !line.has(at); at = processes.get(at)?.parent ?? 0) line.add(at);
  return [...line];
}
