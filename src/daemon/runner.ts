import {
  dueTasks,
  holdLease,
  leaseMilliseconds,
  requeueLost,
  runningHolders,
} from '../../db/repositories/task-claims.ts';
import { stopped, type TaskRow } from '../../db/repositories/tasks.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import type { StateModule } from '../domain/contracts/state.ts';
import type { TaskAction } from '../domain/contracts/task.ts';
import { awaitedCount, lived } from '../lib/clock.ts';
import { claim, type Work } from './claim.ts';
import type { DaemonDeps } from './deps.ts';
import { Lease } from './lease.ts';
import { LostLease } from './lost-lease.ts';
import { type ClaimedTask, runTask, ShuttingDown, Stopped, Terminated } from './run-task.ts';

const pollEvery = 250;
/** Tasks at the same time. */
const mostRunning = 64;

interface Running extends ClaimedTask {
  readonly lease: Lease;
  ended: Promise<void>;
}

/** The task runner: claims what is due, keeps its leases, and takes over what others left. */
export class Runner {
  readonly #deps: DaemonDeps;
  readonly #lease: number;
  /** Actions that have something to do while their node is busy. */
  readonly #patient: readonly TaskAction[];
  readonly #running = new Map<number, Running>();
  #stopped = false;
  #loop: Promise<void> | null = null;
  #renewal: NodeJS.Timeout | null = null;
  /** Something was committed since it began to look for what is due. */
  #news = true;
  /** It has looked, and waits for news. */
  #waits = false;
  #wake: () => void = () => undefined;

  constructor(deps: DaemonDeps) {
    this.#deps = deps;
    this.#lease = deps.leaseMilliseconds ?? leaseMilliseconds;
    this.#patient = Object.values(deps.states).flatMap((module) => (module.busy ? [module.action] : []));
  }

  /** Takes over what this daemon's predecessors left, then works until `stop`. */
  async start(): Promise<void> {
    const { db, placeId, holder } = this.#deps;
    await inTransaction(db, async (tx) => {
      const mine = `${holder.split(':')[0]}:`;
      const predecessors = (await runningHolders(tx)).filter((name) => name.startsWith(mine));
      await requeueLost(tx, [placeId], predecessors);
    });
    db.signals.on('committed', this.#noteNews);
    this.#renewal = setInterval(() => void this.#renew(), this.#lease / 3);
    this.#loop = this.#work();
  }

  /** Claims nothing more, lets what runs stop at its next step, and resolves when nothing runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const running of this.#running.values()) running.controller.abort(new ShuttingDown());
    this.#noteNews();
    await this.#loop;
    this.#deps.db.signals.off('committed', this.#noteNews);
    await Promise.all([...this.#running.values()].map((running) => running.ended));
    if (this.#renewal) clearInterval(this.#renewal);
  }

  /** Nothing more can be begun, and all that runs waits for a clock that stands still: each for its limit, a load for its end too. */
  isAtRest(): boolean {
    return this.#waits && !this.#news && awaitedCount() >= 2 * this.#running.size;
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      this.#news = false;
      const claimed = await this.#claimDue().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'due tasks could not be claimed');
        return 0;
      });
      await this.#terminate().catch((error: unknown) =>
        this.#deps.log.error({ err: error }, 'ended tasks could not be looked up'),
      );
      if (claimed === 0) await this.#nextWake();
    }
  }

  readonly #noteNews = (): void => {
    this.#news = true;
    this.#wake();
  };

  /** At once where something was committed while it looked; other processes' commits are found by looking now and then. */
  async #nextWake(): Promise<void> {
    if (this.#news || this.#stopped) return;
    this.#waits = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollEvery);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#waits = false;
  }

  /** Aborts those whose reservation was ended meanwhile, and those that somebody stopped. */
  async #terminate(): Promise<void> {
    if (this.#running.size === 0) return;
    const rows = await reading(this.#deps.db, (reader) =>
      reader.rows<Pick<TaskRow, 'id' | 'terminate'>>(
        "SELECT id, terminate FROM tasks WHERE status = 'running' AND claimed_by = ? AND terminate > 0",
        [this.#deps.holder],
      ),
    );
    for (const { id, terminate } of rows)
      this.#running.get(id)?.controller.abort(terminate === stopped ? new Stopped() : new Terminated());
  }

  async #claimDue(): Promise<number> {
    if (this.#running.size >= mostRunning) return 0;
    const due = await reading(this.#deps.db, (reader) =>
      dueTasks(reader, [this.#deps.placeId], this.#patient, mostRunning),
    );
    let claimed = 0;
    for (const row of due) {
      if (this.#stopped || this.#running.size >= mostRunning) break;
      if (this.#running.has(row.id)) continue;
      if (await this.#claim(row)) claimed++;
    }
    // what was refused was a transaction too, and is no reason to ask again
    if (due.length > 0 && claimed === 0) this.#news = false;
    return claimed;
  }

  async #claim(row: TaskRow): Promise<boolean> {
    const module = this.#deps.states[row.action];
    const asked = performance.now();
    const work = await claim(this.#deps, row, module, lived(this.#lease));
    if (work) this.#begin(row, module, work, asked);
    return work !== null;
  }

  #begin(row: TaskRow, module: StateModule, work: Work, asked: number): void {
    const claim = { holder: this.#deps.holder, epoch: row.claim_epoch + 1 };
    const controller = new AbortController();
    const lease = new Lease(this.#lease, () => controller.abort(new LostLease()));
    lease.granted(asked);
    if (row.terminate === stopped) controller.abort(new Stopped());
    const running: Running = { row, claim, controller, lease, ended: Promise.resolve() };
    this.#running.set(row.id, running);
    // Claimed while this daemon was told to stop: nobody else would tell it.
    if (this.#stopped) controller.abort(new ShuttingDown());
    running.ended = runTask(this.#deps, running, module, work).finally(() => {
      lease.end();
      this.#running.delete(row.id);
      this.#deps.db.signals.emit('committed');
    });
  }

  async #renewOne({ row, claim, controller, lease }: Running): Promise<void> {
    const asked = performance.now();
    const held = await inTransaction(this.#deps.db, (tx) =>
      holdLease(tx, row.id, claim, tx.now + lived(this.#lease)),
    );
    if (held) lease.granted(asked);
    else controller.abort(new LostLease());
  }

  /** Renews every lease, aborts those that were lost, and re-queues other holders' that ran out. */
  async #renew(): Promise<void> {
    try {
      await Promise.all([...this.#running.values()].map((running) => this.#renewOne(running)));
      await inTransaction(this.#deps.db, (tx) => requeueLost(tx, [this.#deps.placeId], []));
    } catch (error) {
      this.#deps.log.error({ err: error }, 'leases could not be renewed');
    }
  }
}
