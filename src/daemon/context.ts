import { rm } from 'node:fs/promises';
import { nodeFacts, poolFacts, taskFacts } from '../../db/facts.ts';
import { datesToGiveBack } from '../../db/queries/blocks.ts';
import { unsaidNotices } from '../../db/queries/notices.ts';
import { rolloutOf } from '../../db/queries/rollout.ts';
import { machinesOf } from '../../db/queries/situation.ts';
import { strandedBookings, strandedSeats } from '../../db/queries/stranded.ts';
import { addEvent } from '../../db/repositories/events.ts';
import { overrunningHolds } from '../../db/repositories/holds.ts';
import { dueInvitations } from '../../db/repositories/invitations.ts';
import { keepConsole } from '../../db/repositories/load-consoles.ts';
import { followLoad } from '../../db/repositories/loads.ts';
import { type Claim, holdLease } from '../../db/repositories/task-claims.ts';
import type { TaskRow } from '../../db/repositories/tasks.ts';
import type { NodeRow, PoolRow } from '../../db/rows.ts';
import { inTransaction, reading, type Tx } from '../../db/transaction.ts';
import type { ImageFormat } from '../domain/contracts/facts.ts';
import type { Situation } from '../domain/contracts/situation.ts';
import type { Overtaken, PoolView, Rollout, StateContext } from '../domain/contracts/state.ts';
import { ModuleError } from '../domain/errors.ts';
import type { PhaseSaid } from '../domain/load-phases.ts';
import { classesDue } from '../services/blocks/classes-due.ts';
import { blockFacts } from '../services/blocks/work.ts';
import { planAhead } from '../services/prediction/plan-ahead.ts';
import { noticeText } from '../services/reservations/sentences.ts';
import { auditBooks } from './audit.ts';
import { checkNetwork, checkPool, dueNetworks } from './check-pool.ts';
import { closingsDue } from './closings.ts';
import type { DaemonDeps } from './deps.ts';
import { dueBmcs } from './due-bmcs.ts';
import { loadTurn } from './load-turn.ts';
import { LostLease } from './lost-lease.ts';
import { bindMachine } from './machine.ts';
import { imageFile, poolDirectory } from './machine-context.ts';
import { sendMail } from './mail.ts';
import { type Looked, look } from './situation.ts';
import { stateWriter } from './state-writer.ts';
import type { TimeLimit } from './time-limit.ts';
import { waitingDue } from './waiting.ts';

const progressEvery = 1_000;

export interface Run {
  readonly row: TaskRow;
  readonly claim: Claim;
  readonly signal: AbortSignal;
  readonly limit: TimeLimit;
  readonly log: DaemonDeps['log'];
}

/** What a state module works with, bound to one run of one task. */
export function stateContext(deps: DaemonDeps, run: Run): StateContext {
  const { row, signal, limit, log } = run;
  const seen = new WeakMap<Situation, Looked>();
  const step = (name: string) => deps.afterStep?.(`${row.action}: ${name}`);

  const fenced = async <T>(name: string, change: (tx: Tx) => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const result = await inTransaction(deps.db, async (tx) => {
      if (!(await holdLease(tx, row.id, run.claim))) throw new LostLease();
      return change(tx);
    });
    step(name);
    return result;
  };
  const saying = progressWriter(
    (said) => fenced(`progress ${said.step}`, (tx) => noteProgress(tx, row, said)),
    log,
  );
  const { progress } = saying;
  const write: StateContext['write'] = async (name, change) => {
    await saying.said();
    return fenced(name, (tx) => change(stateWriter(tx, deps, row)));
  };
  const guard = async () => {
    if (!(await inTransaction(deps.db, (tx) => holdLease(tx, row.id, run.claim)))) throw new LostLease();
  };
  const keep = (said: Buffer) =>
    inTransaction(deps.db, async (tx) => {
      if (await holdLease(tx, row.id, run.claim)) await keepConsole(tx, row.id, said);
    });
  const lookAt = async (type: TaskRow['target_type'], id: number) => {
    const looked = await look(deps, type, id, row.id, revisionToTry(row));
    seen.set(looked.situation, looked);
    return looked.situation;
  };
  return {
    task: taskFacts(row),
    settings: deps.times,
    signal,
    get deadline() {
      return limit.deadline();
    },
    allow: (seconds) => limit.allow(seconds),
    log,
    progress,
    look: () => lookAt(row.target_type, row.target_id),
    async others({ reservation, allocation }) {
      if (!reservation || reservation.others === 0) return [];
      const ids = await reading(deps.db, (reader) => machinesOf(reader, reservation.id));
      const besides = ids.filter((id) => id !== allocation?.id);
      return Promise.all(besides.map((id) => lookAt('allocation', id)));
    },
    lookAtNode: (id) => lookAt('node', id),
    write,
    machine(situation, revision) {
      const looked = seen.get(situation);
      if (!looked) throw new ModuleError('failed', 'This situation was not looked at by this task.');
      const { attempt } = row;
      return bindMachine(deps, {
        looked,
        revision: revision ?? situation.loaded ?? situation.wanted,
        signal,
        deadline: limit.deadline(),
        attempt,
        log,
        progress,
        keepConsole: (said) => keep(said),
        guard,
        step,
      });
    },
    loadTurn: (situation) => loadTurn(deps, run, situation),
    terminals: (id) => deps.terminals.terminalsOf(id),
    closeTerminals: (id, why) => deps.terminals.closeTerminals(id, why),
    unsaid: (id) => unsaid(deps, id),
    sayInTerminals: (id, sentence) => deps.terminals.say(id, sentence),
    rollout: () => rollout(deps, row),
    removeImage: (revision) => rm(imageFile(deps, revision), { force: true }),
    dueBmcs: () => dueBmcs(deps),
    pools: () => poolViews(deps, run),
    closings: () => closingsDue(deps, row.target_id),
    waiting: () => waitingDue(deps),
    classes: () => reading(deps.db, (reader) => classesDue(reader, deps, row.target_id)),
    preloads: () => reading(deps.db, (reader) => planAhead(reader, deps, row.target_id)),
    overtaken: () => overtaken(deps, row.target_id),
    dueNetworks: () => dueNetworks(deps),
    checkNetwork: (poolId) => checkNetwork(deps, poolId, signal),
    checkPool: () => checkPool(deps, row.target_id, signal),
    block: () => reading(deps.db, (reader) => blockFacts(reader, row.target_id)),
    sendMail: (id) => sendMail(deps, id),
    invitationsDue: () => reading(deps.db, dueInvitations),
    audit: () => auditBooks(deps),
  };
}

/** A reload may name a revision to try; once that failed, the node is loaded with what it should hold. */
function revisionToTry(row: TaskRow): number | null {
  if (row.action !== 'reload' || row.attempt > 1) return null;
  const { revisionId } = JSON.parse(row.args) as { revisionId?: number };
  return revisionId ?? null;
}

type Said = PhaseSaid & { readonly step: string; readonly fraction?: number | undefined };

/**
 * Progress is fire and forget, at most one row a second, the first of each step always. One follows on the other; `said` resolves
 * when all is written.
 */
function progressWriter(
  write: (said: Said) => Promise<unknown>,
  log: DaemonDeps['log'],
): { readonly progress: StateContext['progress']; said(): Promise<unknown> } {
  let lastStep = '';
  let lastAt = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    progress(step, fraction, about) {
      if (step === lastStep && performance.now() - lastAt < progressEvery) return;
      lastStep = step;
      lastAt = performance.now();
      const called = performance.now();
      const ago = () => (about?.agoMs ?? 0) + performance.now() - called;
      last = last
        .then(() => write({ step, fraction, ...about, agoMs: ago() }))
        .catch((error: unknown) => log.debug({ err: error }, 'progress was not written'));
    },
    said: () => last,
  };
}

/** A line of what happened, and the phase of the load that the task has open. */
async function noteProgress(tx: Tx, task: TaskRow, said: Said): Promise<void> {
  const { step, fraction } = said;
  await addEvent(tx, {
    kind: 'progress',
    ...{ reservationId: task.reservation_id, nodeId: task.node_id, taskId: task.id },
    data: fraction === undefined ? { step } : { step, fraction },
    retention: 'progress',
  });
  await followLoad(tx, task.id, said);
}

function unsaid(deps: DaemonDeps, reservationId: number) {
  return reading(deps.db, async (reader) =>
    (await unsaidNotices(reader, reservationId)).map(({ id, notice_key, data }) => ({
      noticeId: id,
      sentence: noticeText(notice_key, JSON.parse(data) as Record<string, unknown>),
    })),
  );
}

function overtaken(deps: DaemonDeps, placeId: number): Promise<Overtaken> {
  return reading(deps.db, async (reader) => ({
    holds: await overrunningHolds(reader, placeId),
    unclaimed: await datesToGiveBack(reader, placeId),
    // those whose hold has begun are in the hands of their own task
    stranded: [...(await strandedBookings(reader, placeId)), ...(await strandedSeats(reader, placeId))]
      .filter((row) => row.hold_from > reader.now)
      .map((row) => ({
        allocationId: row.id,
        because: row.node_state === 'failed' ? 'It is out of order.' : 'It is not in service.',
      })),
  }));
}

/** Of the pools of this place whose module loads the revision's format. */
function rollout(deps: DaemonDeps, row: TaskRow): Promise<Rollout | null> {
  return reading(deps.db, async (reader) => {
    const [revision] = await reader.rows<{ format: ImageFormat }>(
      'SELECT format FROM image_revisions WHERE id = ?',
      [row.target_id],
    );
    if (!revision) return null;
    const pools = await reader.rows<PoolRow>('SELECT * FROM pools WHERE place_id = ?', [deps.placeId]);
    const able = pools.filter(({ module }) => deps.provisioning[module]?.formats.includes(revision.format));
    const ids = able.map((pool) => pool.id);
    return rolloutOf(reader, row.target_id, row.id, ids);
  });
}

function poolViews(deps: DaemonDeps, run: Run): Promise<readonly PoolView[]> {
  return reading(deps.db, async (reader) => {
    const pools = await reader.rows<PoolRow>('SELECT * FROM pools WHERE place_id = ?', [run.row.target_id]);
    const nodes = await reader.rows<NodeRow>('SELECT * FROM nodes WHERE place_id = ?', [run.row.target_id]);
    return pools.map((pool) =>
      poolView(
        deps,
        run,
        pool,
        nodes.filter((node) => node.pool_id === pool.id),
      ),
    );
  });
}

function poolView(deps: DaemonDeps, { signal }: Run, pool: PoolRow, nodes: readonly NodeRow[]): PoolView {
  const module = deps.provisioning[pool.module];
  const settings: unknown = module?.settings.parse(JSON.parse(pool.settings));
  const context = {
    installation: deps.installation,
    directory: poolDirectory(deps, pool.id),
    settings,
    signal,
  };
  return {
    installation: deps.installation,
    pool: poolFacts(pool),
    nodes: nodes.map(nodeFacts),
    list_artefacts: async () => (await module?.list_artefacts?.(context)) ?? [],
    remove_artefact: async (artefact) => module?.remove_artefact?.(context, artefact),
    list_seen: module?.list_seen ? async () => (await module.list_seen?.(context)) ?? [] : null,
  };
}
