/** Changes: posted or patched, and waited for where the service does them in its own time. */
import { sleep } from '../../../src/lib/sleep.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import { type Answer, refusal } from './answer.ts';
import type { RedfishClient } from './client.ts';
import { ownPath, pathOf, type Question } from './line.ts';
import { task } from './schemas.ts';

/** Tells, and returns when it is done: or accepted, where it is done at the machine's next start. */
export async function tell(client: RedfishClient, question: Question, signal: AbortSignal): Promise<void> {
  const answer = await client.demand(question, signal);
  if (answer.status === 202) await followTask(client, question, answer, signal);
}

/**
 * Changes a resource as it stands now: `If-Match` with its ETag, since some refuse without (428). Services compare weak
 * and strong ones in ways of their own (412): then the strong form, then any, then none.
 */
export async function patch(
  client: RedfishClient,
  { path, body, doing }: Pick<Question, 'path' | 'body' | 'doing'>,
  signal: AbortSignal,
): Promise<void> {
  const stands = await client.demand({ method: 'GET', path, doing: `for ${path}` }, signal);
  const tags = tagsOf(stands);
  for (const [index, tag] of tags.entries()) {
    const headers = tag === null ? {} : { 'if-match': tag };
    const question = { method: 'PATCH', path, body, doing, headers } as const;
    const answer = await client.ask(question, signal);
    const mismatch = answer.status === 412 || answer.status === 428;
    if (mismatch && index < tags.length - 1) continue;
    if (answer.status >= 300) throw refusal(client.address, doing, answer);
    if (answer.status === 202) await followTask(client, question, answer, signal);
    return;
  }
}

/** What to say in `If-Match`, one after the other; null: nothing. */
function tagsOf({ headers, body }: Answer): (string | null)[] {
  const inside = (body as { '@odata.etag'?: unknown } | null)?.['@odata.etag'];
  const said = [headers.etag, inside].find((tag) => typeof tag === 'string' && tag !== '');
  if (typeof said !== 'string') return [null, '*'];
  return [...new Set([said, said.replace(/^W\//, '')]), '*', null];
}

const underWay = new Set(['New', 'Starting', 'Running', 'Service', 'Stopping', 'Cancelling']);
/** It waits for something else, as a setting waits for the next start: what it did is read back by whoever needs it. */
const accepted = new Set(['Completed', 'Pending', 'Suspended']);

/** The monitor answers 202 until the task is over, then as the question would have; many answer 200 with the task itself. */
async function followTask(
  client: RedfishClient,
  { doing }: Question,
  begun: Answer,
  signal: AbortSignal,
): Promise<void> {
  const { location } = begun.headers;
  const monitor = typeof location === 'string' ? pathOf(location) : ownPath(begun.body);
  if (monitor === undefined) return;
  for (let waited = 0; waited < client.patience.taskMs; waited += client.patience.pollMs) {
    await sleep(client.patience.pollMs, signal);
    const answer = await client.demand({ method: 'GET', path: monitor, doing }, signal);
    const { TaskState, Messages } = task.safeParse(answer.body).data ?? {
      TaskState: 'Completed',
      Messages: [],
    };
    if (answer.status === 202 ? TaskState === 'Pending' : accepted.has(TaskState)) return;
    if (answer.status === 202 || underWay.has(TaskState)) continue;
    const says = Messages.map(({ Message }) => Message).join(' ') || TaskState;
    throw new BmcError(
      'unsupported',
      `The BMC at ${client.address} was asked ${doing} and gave up: ${says}.`,
    );
  }
  const after = `${client.patience.taskMs / 1000} s`;
  throw new BmcError(
    'busy',
    `The BMC at ${client.address} was asked ${doing} and is still at it after ${after}.`,
  );
}
