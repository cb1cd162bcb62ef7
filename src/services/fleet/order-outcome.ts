import type { OrderedNodeRow } from '../../../db/queries/ordered-nodes.ts';
import { inWords } from '../../domain/time.ts';
import type { NodeAction } from '../node-services.ts';

/** What has come of an order so far, in a sentence; `over` when nothing more will. */
export interface Outcome {
  readonly says: string;
  readonly over: boolean;
}

interface Ordered {
  readonly action: NodeAction;
  readonly when?: 'after' | 'now';
}

/** Pure: the rows of now in, words out. */
export function outcomeOf(row: OrderedNodeRow, now: number): Outcome {
  const { action, when } = JSON.parse(row.data) as Ordered;
  if (row.state === null) return over(action === 'delete' ? 'It was removed.' : 'It is gone.');
  if (action === 'service') return back(row);
  if (action === 'reload') return reload(row, now);
  if (action === 'commission') return commission(row, now);
  if (action === 'maintenance' || action === 'delete') return out(row, action, now);
  return action === 'power-off' && when === 'after' ? out(row, action, now) : power(row, action);
}

const over = (says: string): Outcome => ({ says, over: true });
const goesOn = (says: string): Outcome => ({ says, over: false });

function out(row: OrderedNodeRow, action: keyof typeof outWords, now: number): Outcome {
  const { state, out_for: outFor, task_status: status, task_result: result } = row;
  if (outFor === null) return over('It was taken back into service.');
  const [will, does, was] = outWords[action];
  if (status === 'failed') return over(`It could not be done: ${result ?? 'nobody knows why'}`);
  if (status === 'done' && state === 'maintenance') return over(was);
  if (row.user_name !== null) return goesOn(`${will} ${after(row, now)}.`);
  return goesOn(status === 'queued' && result ? `${does}: ${result}.` : `${does}.`);
}

const outWords = {
  maintenance: ['It goes into maintenance', 'It is going into maintenance', 'It is in maintenance.'],
  'power-off': [
    'It goes into maintenance and is switched off',
    'It is going into maintenance and being switched off',
    'It is in maintenance, switched off.',
  ],
  delete: ['It is removed', 'It is being removed', 'It was removed.'],
} as const;

function reload(row: OrderedNodeRow, now: number): Outcome {
  const { next_image_id: next, image_name: image, revision_number: number } = row;
  if (next === null)
    return over(image === null ? 'It was emptied.' : `It was loaded anew with ${image}-v${number}.`);
  if (row.user_name !== null) return goesOn(`It is loaded anew ${after(row, now)}.`);
  return row.state === 'failed' ? failed(row) : goesOn('It is being cleaned and loaded.');
}

function commission(row: OrderedNodeRow, now: number): Outcome {
  const { task_status: status, task_result: result } = row;
  if (status === 'done') return over(result === 'it passed' ? 'It passed.' : `It did not pass: ${result}`);
  if (status === 'failed') return over(`It could not be commissioned: ${result ?? 'nobody knows why'}`);
  if (row.user_name !== null) return goesOn(`It is commissioned ${after(row, now)}.`);
  return goesOn(
    status === 'running' ? 'It is being looked at and burnt in.' : 'It goes out of service for it.',
  );
}

function back(row: OrderedNodeRow): Outcome {
  if (row.out_for !== null) return over('It was taken out of service again.');
  if (row.state === 'failed') return failed(row);
  return row.state === 'reloading' ? goesOn('It is being cleaned and loaded.') : over('It is in service.');
}

function power(
  { task_status: status, task_result: result }: OrderedNodeRow,
  action: keyof typeof powerWords,
): Outcome {
  if (status === 'failed') return over(`It could not be switched: ${result ?? 'nobody knows why'}`);
  const [doing, was] = powerWords[action];
  return status === 'queued' || status === 'running' ? goesOn(doing) : over(was);
}

const powerWords = {
  'power-on': ['It is being switched on.', 'It was switched on.'],
  'power-off': ['It is being switched off.', 'It was switched off.'],
  reset: ['It is being switched off and on.', 'It was switched off and on.'],
  identify: ['Its lamp is being lit.', 'Its lamp was lit.'],
} as const;

/** It is tried again by itself. */
function failed({ failure, task_status: status }: OrderedNodeRow): Outcome {
  if (status === 'running') return goesOn('It is being cleaned and loaded.');
  return goesOn(`It is out of order: ${failure ?? 'it could not be cleaned'} It is tried again by itself.`);
}

function after({ user_name: user, end_at: end }: OrderedNodeRow, now: number): string {
  return `after the reservation of ${user}, in ${inWords(Number(end) - now)}`;
}
