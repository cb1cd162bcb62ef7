import { once } from 'node:events';
import {
  type Claim,
  dueTasks,
  endTask,
  holdLease,
  leaseMilliseconds,
  requeueLost,
  requeueTask,
  type TaskRow,
} from '../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import type { Outcome, StateModule, TaskAction } from '../domain/contracts/state.ts';
import { ModuleError } from '../domain/errors.ts';
import { claim, type Work } from './claim.ts';
import { LostLease, stateContext } from './context.ts';
import type { DaemonDeps } from './deps.ts';
import { ignored } from './ignored.ts';
import { Lease } from './lease.ts';

const pollEvery = 250;
const mostRunning = 64;
const mostRetries = 6;

class Terminated extends Error {}
class ShuttingDown extends Error {}

interface Running {
  readonly row: TaskRow;
  readonly claim: Claim;
  readonly controller: AbortController;
  readonly lease: Lease;
  ended: Promise<void>;
}

/** The task runner: claims what is due, runs it under a lease, records what came of it. */
export class Runner {
  readonly #deps: DaemonDeps;
  readonly #lease: number;
  /** Actions that have something to do while their node is busy. */
  readonly #patient: readonly TaskAction[];
  readonly #running = new Map<number, Running>();
  #stopped = false;
  #loop: Promise<void> | null = null;
  #renewal: NodeJS.Timeout | null = null;

  constructor(deps: DaemonDeps) {
    this.#deps = deps;
    this.#lease = deps.leaseMilliseconds ?? leaseMilliseconds;
    this.#patient = Object.values(deps.states).flatMap((module) => (module.busy ? [module.action] : []));
  }

  /** Takes over what this daemon's predecessors left, then works until `stop`. */
  async start(): Promise<void> {
    const { db, placeId, holder } = this.#deps;
    await inTransaction(db, async (tx) => {
      const prefix = `${holder.split(':')[0]}:`;
      const left = await tx.rows<{ claimed_by: string }>(
        "SELECT DISTINCT claimed_by FROM tasks WHERE status = 'running' AND claimed_by LIKE ?",
        [`${prefix}%`],
      );
      await requeueLost(
        tx,
        [placeId],
        left.map((row) => row.claimed_by),
      );
    });
    this.#renewal = setInterval(() => void this.#renew(), this.#lease / 3);
    this.#loop = this.#work();
  }

  /** Claims nothing more, lets what runs stop at its next step, and resolves when nothing runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const running of this.#running.values()) running.controller.abort(new ShuttingDown());
    this.#deps.db.signals.emit('committed');
    await this.#loop;
    await Promise.all([...this.#running.values()].map((running) => running.ended));
    if (this.#renewal) clearInterval(this.#renewal);
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const claimed = await this.#claimDue().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'due tasks could not be claimed');
        return 0;
      });
      if (claimed === 0 && !this.#stopped) await this.#nextWake();
      await this.#terminate().catch((error: unknown) =>
        this.#deps.log.error({ err: error }, 'ended tasks could not be looked up'),
      );
    }
  }

  async #nextWake(): Promise<void> {
    const timeout = AbortSignal.timeout(pollEvery);
    await once(this.#deps.db.signals, 'committed', { signal: timeout }).catch(() => undefined);
  }

  /** Aborts those whose reservation was ended meanwhile. */
  async #terminate(): Promise<void> {
    if (this.#running.size === 0) return;
    const rows = await reading(this.#deps.db, (reader) =>
      reader.rows<{ id: number }>(
        "SELECT id FROM tasks WHERE status = 'running' AND claimed_by = ? AND terminate = 1",
        [this.#deps.holder],
      ),
    );
    for (const row of rows) this.#running.get(row.id)?.controller.abort(new Terminated());
  }

  async #claimDue(): Promise<number> {
    const due = await reading(this.#deps.db, (reader) =>
      dueTasks(reader, [this.#deps.placeId], this.#patient, mostRunning),
    );
    let claimed = 0;
    for (const row of due) {
      if (this.#stopped || this.#running.size >= mostRunning) break;
      if (this.#running.has(row.id)) continue;
      if (await this.#claim(row)) claimed++;
    }
    return claimed;
  }

  async #claim(row: TaskRow): Promise<boolean> {
    const module = this.#deps.states[row.action];
    const asked = performance.now();
    const work = await claim(this.#deps, row, module, this.#lease);
    if (work) this.#begin(row, module, work, asked);
    return work !== null;
  }

  #begin(row: TaskRow, module: StateModule, work: Work, asked: number): void {
    const claim = { holder: this.#deps.holder, epoch: row.claim_epoch + 1 };
    const controller = new AbortController();
    const lease = new Lease(this.#lease, () => controller.abort(new LostLease()));
    lease.granted(asked);
    const running: Running = { row, claim, controller, lease, ended: Promise.resolve() };
    this.#running.set(row.id, running);
    running.ended = this.#run(running, module, work).finally(() => {
      lease.end();
      this.#running.delete(row.id);
      this.#deps.db.signals.emit('committed');
    });
  }

  /** Running and recording are apart, so that a lost lease is never mistaken for a failed machine. */
  async #run(running: Running, module: StateModule, work: Work): Promise<void> {
    const { row, controller } = running;
    const seconds = this.#timeout(module);
    const timeout = setTimeout(
      () => controller.abort(new ModuleError('failed', `It took longer than ${seconds} s.`)),
      seconds * 1000,
    );
    try {
      const result = await this.#attempt(running, module, work).catch((error: unknown) => error as Error);
      await this.#record(
        running,
        module,
        controller.signal.aborted ? (controller.signal.reason as Error) : result,
      );
    } catch (error) {
      if (!(error instanceof LostLease))
        this.#deps.log.error({ err: error, task: row.id }, 'a task could not be recorded');
    } finally {
      clearTimeout(timeout);
    }
  }

  #timeout({ timeoutSeconds }: StateModule): number {
    return timeoutSeconds === 'load' ? this.#deps.times.loadTimeoutSeconds : timeoutSeconds;
  }

  #attempt(running: Running, module: StateModule, work: Work): Promise<Outcome> {
    const { signal } = running.controller;
    const context = this.#context(running, signal, module);
    const outcome = work === 'busy' && module.busy ? module.busy(context) : module.run(context);
    return Promise.race([outcome, ignored(signal)]);
  }

  #context(running: Running, signal: AbortSignal, module: StateModule) {
    const { row, claim } = running;
    const deadline = Date.now() + this.#timeout(module) * 1000;
    return stateContext(this.#deps, { row, claim, signal, deadline, log: this.#deps.log });
  }

  async #record(running: Running, module: StateModule, result: Outcome | Error): Promise<void> {
    if (result instanceof LostLease) return;
    if (result instanceof Terminated) return this.#finish(running, { kind: 'done', result: 'stopped' });
    if (result instanceof ShuttingDown)
      return this.#finish(running, { kind: 'later', at: 0, because: 'the daemon stopped' });
    if (!(result instanceof Error)) return this.#finish(running, result);
    const error = asModuleError(result);
    const { row } = running;
    this.#deps.log.warn(
      { task: row.id, action: row.action, attempt: row.attempt, kind: error.kind, err: result },
      'a task failed',
    );
    if (error.kind === 'retry' && row.attempt < mostRetries) {
      const wait = Math.min(30_000, 500 * 2 ** row.attempt) * (0.5 + Math.random());
      return this.#finish(running, { kind: 'again', at: wait, because: error.message }, true);
    }
    return this.#finish(running, await this.#heal(running, module, error));
  }

  /** What follows a failure for good; where the state module knows nothing, the task fails and a person is told. */
  async #heal(running: Running, module: StateModule, error: ModuleError): Promise<Outcome | Error> {
    if (!module.failed) return error;
    try {
      const signal = AbortSignal.timeout(this.#timeout(module) * 1000);
      return await module.failed(this.#context(running, signal, module), error);
    } catch (failure) {
      if (failure instanceof LostLease) throw failure;
      return asModuleError(failure);
    }
  }

  async #finish(running: Running, outcome: Outcome | Error, relative = false): Promise<void> {
    const { row, claim } = running;
    await inTransaction(this.#deps.db, async (tx) => {
      if (!(await holdLease(tx, row.id, claim))) throw new LostLease();
      if (outcome instanceof Error) return endTask(tx, row.id, 'failed', outcome.message);
      if (outcome.kind === 'done') return endTask(tx, row.id, 'done', outcome.result ?? null);
      const at = relative ? tx.now + outcome.at : outcome.at;
      return requeueTask(tx, row.id, at, row.attempt + (outcome.kind === 'again' ? 1 : 0), outcome.because);
    });
    this.#deps.afterStep?.(`${row.action}: recorded`);
  }

  /** Renews every lease, aborts those that were lost, and re-queues other holders' that ran out. */
  async #renew(): Promise<void> {
    try {
      for (const { row, claim, controller, lease } of this.#running.values()) {
        const asked = performance.now();
        const held = await inTransaction(this.#deps.db, (tx) =>
          holdLease(tx, row.id, claim, tx.now + this.#lease),
        );
        if (held) lease.granted(asked);
        else controller.abort(new LostLease());
      }
      await inTransaction(this.#deps.db, (tx) => requeueLost(tx, [this.#deps.placeId], []));
    } catch (error) {
      this.#deps.log.error({ err: error }, 'leases could not be renewed');
    }
  }
}

function asModuleError(error: unknown): ModuleError {
  if (error instanceof ModuleError) return error;
  return new ModuleError('failed', 'Something went wrong on our side.', { cause: error });
}
