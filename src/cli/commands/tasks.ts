import type { Command } from 'commander';
import { callApi } from '../call-api.ts';
import { show, whole } from './shown.ts';

interface Task {
  readonly id: number;
  readonly action: string;
  readonly state: string;
  readonly attempt: number;
  readonly result: string | null;
  readonly node: { readonly name: string } | null;
  readonly reservation: { readonly id: number; readonly user: string } | null;
}

interface TaskDetail extends Task {
  readonly stop: string;
  readonly tree: readonly (Task & { readonly depth: number })[];
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

interface Shown {
  readonly json?: true;
}

interface Filter extends Shown {
  readonly state?: string;
  readonly node?: string;
  readonly action?: string;
}

/** `labrador task ...`: the daemon's work, over REST. */
export function addTaskCommands(program: Command): void {
  const task = program.command('task').description('Work of the daemon, for administrators');
  const add = (name: string, what: string) =>
    task.command(name).description(what).option('--json', 'as the API answers');
  add('list', 'list the work, newest first')
    .option('--state <state>', 'running, queued, failed or done')
    .option('--node <name>', 'of one node')
    .option('--action <name>', 'of one kind, such as reload')
    .action(async ({ json, ...filter }: Filter) => {
      const query = new URLSearchParams(filter as Record<string, string>);
      const found = await callApi<{ items: readonly Task[] }>('GET', `/tasks?${query.toString()}`);
      show(found, json, ({ items }) => items.map(lineOf).join('\n') || 'Nothing.');
    });
  add('show', 'a task, what belongs to it and what it told')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      show(await callApi<TaskDetail>('GET', `/tasks/${id}`), json, linesOf);
    });
  add('retry', 'try a failed task again')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      const begun = await callApi<{ task: number }>('POST', `/tasks/${id}/retry`);
      show(begun, json, ({ task: again }) => `Task ${again} tries it again.`);
    });
  add('stop', 'stop a task; "show" says what that means')
    .argument('<id>', 'which', whole)
    .action(async (id: number, { json }: Shown) => {
      show(await callApi('POST', `/tasks/${id}/stop`), json, () => `Task ${id} is being stopped.`);
    });
}

function lineOf({ id, action, state, attempt, result, node, reservation }: Task): string {
  const about = node?.name ?? (reservation ? `reservation ${reservation.id}` : '');
  const tries = attempt > 1 ? ` (try ${attempt})` : '';
  return `${id}  ${state.padEnd(7)}  ${action} ${about}${tries}${result ? `  ${result}` : ''}`;
}

function linesOf({ tree, log, stop, state }: TaskDetail): string {
  const open = state === 'running' || state === 'queued';
  return [
    ...tree.map((one) => `${'  '.repeat(one.depth)}${lineOf(one)}`),
    ...log.map(({ at, text }) => `${at}  ${text}`),
    ...(open ? [`To stop it: ${stop}`] : []),
  ].join('\n');
}
