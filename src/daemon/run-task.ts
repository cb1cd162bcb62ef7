import { endLoad } from '../../db/repositories/loads.ts';
import { type Claim, endTask, holdLease, requeueTask } from '../../db/repositories/task-claims.ts';
import type { TaskRow } from '../../db/repositories/tasks.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { Outcome, StateContext, StateModule } from '../domain/contracts/state.ts';
import { LabError, ModuleError } from '../domain/errors.ts';
import type { Work } from './claim.ts';
import { stateContext } from './context.ts';
import type { DaemonDeps } from './deps.ts';
import { ignored } from './ignored.ts';
import { LostLease } from './lost-lease.ts';
import { type TimeLimit, timeLimit } from './time-limit.ts';

const mostRetries = 6;

/** Its reservation was ended meanwhile. */
export class Terminated extends Error {}
/** Somebody stopped it: as if its last attempt had failed. */
export class Stopped extends Error {}
/** This daemon stops; whoever starts next goes on with it. */
export class ShuttingDown extends Error {}

/** A task that was claimed, with what aborts it: a lost lease, its time-out, its reservation's end, the daemon's. */
export interface ClaimedTask {
  readonly row: TaskRow;
  readonly claim: Claim;
  readonly controller: AbortController;
}

/**
 * Runs a claimed task and records what came of it. Running and recording are apart, so that a lost lease is never mistaken
 * for a failed machine. Never throws: what cannot be recorded is in the log, and the task is taken over when its lease ends.
 */
export async function runTask(
  deps: DaemonDeps,
  task: ClaimedTask,
  module: StateModule,
  work: Work,
): Promise<void> {
  const { row, controller } = task;
  const limit = timeLimit(timeoutOf(deps, module), (seconds) =>
    controller.abort(new ModuleError('failed', `It took longer than ${seconds} s.`)),
  );
  try {
    const result = await attempt(deps, task, module, { work, limit }).catch(
      (error: unknown) => error as Error,
    );
    const { signal } = controller;
    await record(deps, task, module, signal.aborted ? (signal.reason as Error) : result);
  } catch (error) {
    if (!(error instanceof LostLease))
      deps.log.error({ err: error, task: row.id }, 'a task could not be recorded');
  } finally {
    limit.end();
  }
}

function timeoutOf(deps: DaemonDeps, { timeoutSeconds }: StateModule): number {
  return timeoutSeconds === 'load' ? deps.times.loadTimeoutSeconds : timeoutSeconds;
}

async function attempt(
  deps: DaemonDeps,
  task: ClaimedTask,
  module: StateModule,
  { work, limit }: { readonly work: Work; readonly limit: TimeLimit },
): Promise<Outcome> {
  const { signal } = task.controller;
  signal.throwIfAborted();
  const context = contextOf(deps, task, signal, limit);
  const outcome = work === 'busy' && module.busy ? module.busy(context) : module.run(context);
  return await Promise.race([outcome, ignored(signal)]);
}

function contextOf(
  deps: DaemonDeps,
  { row, claim }: ClaimedTask,
  signal: AbortSignal,
  limit: TimeLimit,
): StateContext {
  return stateContext(deps, { row, claim, signal, limit, log: deps.log });
}

async function record(
  deps: DaemonDeps,
  task: ClaimedTask,
  module: StateModule,
  result: Outcome | Error,
): Promise<void> {
  if (result instanceof LostLease) return;
  if (result instanceof Terminated) return finish(deps, task, { kind: 'done', result: 'stopped' });
  if (result instanceof Stopped) return finish(deps, task, await stop(deps, task, module));
  if (result instanceof ShuttingDown)
    return finish(deps, task, { kind: 'later', at: 0, because: 'the daemon stopped' });
  if (!(result instanceof Error)) return finish(deps, task, result);
  const error = asModuleError(result);
  const { row } = task;
  deps.log.warn(
    { task: row.id, action: row.action, attempt: row.attempt, kind: error.kind, err: result },
    'a task failed',
  );
  if (error.kind === 'retry' && row.attempt < mostRetries) {
    const wait = Math.min(30_000, 500 * 2 ** row.attempt) * (0.5 + Math.random());
    return finish(deps, task, { kind: 'again', at: wait, because: error.message }, true);
  }
  return finish(deps, task, await followUp(deps, task, module, error));
}

const lastAttempt = Number.MAX_SAFE_INTEGER;

/** What was stopped is not tried again by itself. */
async function stop(deps: DaemonDeps, task: ClaimedTask, module: StateModule): Promise<Outcome | Error> {
  const error = new ModuleError('failed', 'An administrator stopped it.');
  const row = { ...task.row, attempt: lastAttempt };
  const outcome = await followUp(deps, { ...task, row }, module, error);
  return outcome instanceof Error || outcome.kind === 'done' ? outcome : error;
}

/** What follows a failure for good; where the state module knows nothing, the task fails and a person is told. */
async function followUp(
  deps: DaemonDeps,
  task: ClaimedTask,
  module: StateModule,
  error: ModuleError,
): Promise<Outcome | Error> {
  if (!module.failed) return error;
  const controller = new AbortController();
  const limit = timeLimit(timeoutOf(deps, module), () => controller.abort(error));
  try {
    return await module.failed(contextOf(deps, task, controller.signal, limit), error);
  } catch (failure) {
    if (failure instanceof LostLease) throw failure;
    return asModuleError(failure);
  } finally {
    limit.end();
  }
}

/** `relative`: the outcome's time counts from now. */
async function finish(
  deps: DaemonDeps,
  { row, claim }: ClaimedTask,
  outcome: Outcome | Error,
  relative = false,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await holdLease(tx, row.id, claim))) throw new LostLease();
    const left = whyLeft(outcome);
    if (left !== null) await endLoad(tx, row.id, left);
    if (outcome instanceof Error) return endTask(tx, row.id, 'failed', outcome.message);
    if (outcome.kind === 'done') return endTask(tx, row.id, 'done', outcome.result ?? null);
    const at = relative ? tx.now + outcome.at : outcome.at;
    return requeueTask(tx, row.id, {
      runAfter: at,
      attempt: row.attempt + (outcome.kind === 'again' ? 1 : 0),
      because: outcome.because,
      keepsTurn: outcome.kind === 'later' && outcome.keepsTurn === true,
    });
  });
  deps.afterStep?.(`${row.action}: recorded`);
}

/** Why a load that is open still is over; null while whoever goes on with the task goes on with it. */
function whyLeft(outcome: Outcome | Error): string | null {
  if (outcome instanceof Error) return outcome.message;
  if (outcome.kind === 'later') return null;
  return (outcome.kind === 'done' ? outcome.result : outcome.because) ?? 'It was given up.';
}

function asModuleError(error: unknown): ModuleError {
  if (error instanceof ModuleError) return error;
  if (error instanceof LabError && (error.code === 'busy' || error.code === 'disk.full'))
    return new ModuleError('retry', error.message, { cause: error });
  return new ModuleError('failed', 'Something went wrong on our side.', { cause: error });
}
