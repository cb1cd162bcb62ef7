/** A semester in minutes: the clock stands still while anything is done, and then jumps to when there is something to do again. */
import { once } from 'node:events';
import { dueTasks } from '../../../db/repositories/task-claims.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { createDaemon } from '../../daemon/create-daemon.ts';
import type { DaemonDeps } from '../../daemon/deps.ts';
import { mostRunning } from '../../daemon/runner.ts';
import { later, type Outcome, type StateModule } from '../../domain/contracts/state.ts';
import type { TaskAction } from '../../domain/contracts/task.ts';
import { day, hour, minute, second } from '../../domain/time.ts';
import { awaitedMoments, moveClock, timeNow } from '../../lib/clock.ts';
import { people as peopleOf } from './act.ts';
import { Agenda } from './agenda.ts';
import { reportOf, type SemesterReport } from './report.ts';
import type { SemesterScript } from './script-parts.ts';
import { newTally } from './tally.ts';
import { makeCourses, makeWorld, untilLoaded, type World } from './world.ts';

/** Work that looks again and again is a reason to wake up no more often than that. */
const looksApart: Partial<Record<TaskAction, number>> = {
  ...{ heal: 5 * minute, classes: 5 * minute, waitlist: 5 * minute, closings: 30 * minute },
  ...{ preload: 5 * minute, reconcile: 6 * hour },
  ...{ discover: day, watchbmcs: day, watchnetworks: day },
};
/** A task that waits for another looks so often; it is a moment's work for a daemon, and all that this would do. */
const taskLooks = 15 * second;
/** Longer than any jump: nobody else could take its work over. */
const lease = 7 * day;

export interface Played {
  readonly report: SemesterReport;
  /** Seconds of this computer. */
  readonly took: number;
  readonly jumps: number;
}

/** Told about once a simulated day. */
type Progress = (now: number) => void;

/** Plays it through the real services and a real daemon. The clock stands still at its begin by then, and at its end afterwards. */
export async function playFast(
  world: World,
  deps: DaemonDeps,
  script: SemesterScript,
  progress: Progress = () => undefined,
): Promise<Played> {
  const began = performance.now();
  const daemon = createDaemon({ ...deps, states: patient(deps.states), leaseMilliseconds: lease });
  try {
    await makeWorld(world, script);
    await daemon.start();
    const played = await play(world, deps, script, progress);
    return { ...played, took: (performance.now() - began) / 1000 };
  } finally {
    await daemon.stop();
  }
}

async function play(world: World, deps: DaemonDeps, script: SemesterScript, progress: Progress) {
  const tally = newTally();
  const agenda = new Agenda(script.events, script.begins);
  const people = peopleOf({ world, script, tally, later: (follow) => agenda.add(follow) });
  let jumps = 0;
  let told = 0;
  const jump = async (most: number) => {
    moveClock(Math.min(most, await nextMoment(deps)));
    deps.db.signals.emit('committed');
    jumps++;
    await settled(deps);
    if (timeNow() - told < day) return;
    told = timeNow();
    progress(told);
  };
  await settled(deps);
  while (timeNow() < script.begins + untilLoaded) await jump(script.begins + untilLoaded);
  await makeCourses(world, script);
  await settled(deps);
  await people.begin();
  while (timeNow() < script.ends) {
    while (agenda.next() <= timeNow()) await agenda.act(people);
    await settled(deps);
    await jump(Math.min(agenda.next(), script.ends));
  }
  return { report: await reportOf(deps, script, tally), jumps };
}

/** When a load is through, or a task is due. */
async function nextMoment(deps: DaemonDeps): Promise<number> {
  const due = await reading(deps.db, async (reader) => {
    const [first] = await reader.rows<{ at: number | null }>(
      "SELECT MIN(run_after) AS at FROM tasks WHERE status = 'queued' AND run_after > ?",
      [reader.now],
    );
    return first?.at == null ? Number.POSITIVE_INFINITY : Math.max(Number(first.at), reader.now + taskLooks);
  });
  return Math.min(due, awaitedMoments()[0] ?? Number.POSITIVE_INFINITY);
}

/** Resolves when all that runs waits for the clock, and nothing more can begin. */
async function settled(deps: DaemonDeps): Promise<void> {
  const patientOnes = Object.values(deps.states).flatMap((module) => (module.busy ? [module.action] : []));
  for (;;) {
    if (await reading(deps.db, (reader) => isSettled(reader, deps, patientOnes))) return;
    await once(deps.db.signals, 'committed', { signal: AbortSignal.timeout(4) }).catch(() => undefined);
  }
}

/** Each running task waits for its time limit, and one that loads for its load too. */
async function isSettled(reader: Reader, deps: DaemonDeps, patientOnes: readonly TaskAction[]) {
  const [running] = await reader.rows<{ n: number }>(
    "SELECT COUNT(*) AS n FROM tasks WHERE status = 'running'",
  );
  if (awaitedMoments().length < 2 * Number(running?.n)) return false;
  return (
    Number(running?.n) >= mostRunning || (await dueTasks(reader, [deps.placeId], patientOnes, 1)).length === 0
  );
}

/** The same modules, the places' looking less often. */
function patient(states: DaemonDeps['states']): DaemonDeps['states'] {
  const slower = Object.entries(looksApart).map(([action, apart]) => {
    const module = states[action as TaskAction];
    return [action, slow(module, apart)] as const;
  });
  return { ...states, ...Object.fromEntries(slower) };
}

function slow(module: StateModule, apart: number): StateModule {
  const wait = (outcome: Outcome) =>
    outcome.kind === 'later' && outcome.at > timeNow() + second
      ? later(Math.max(outcome.at, Math.ceil((timeNow() + 1) / apart) * apart), outcome.because)
      : outcome;
  return { ...module, run: async (context) => wait(await module.run(context)) };
}
