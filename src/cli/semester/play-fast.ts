/** A semester in minutes: the clock stands still while anything is done, and then jumps to when there is something to do again. */
import { setImmediate } from 'node:timers/promises';
import { reading } from '../../../db/transaction.ts';
import { createDaemon, type Daemon } from '../../daemon/create-daemon.ts';
import type { DaemonDeps } from '../../daemon/deps.ts';
import { later, type Outcome, type StateModule } from '../../domain/contracts/state.ts';
import type { TaskAction } from '../../domain/contracts/task.ts';
import { day, hour, minute, second } from '../../domain/time.ts';
import { moveClock, nextAwaited, timeNow } from '../../lib/clock.ts';
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
    const played = await play(world, deps, daemon, script, progress);
    return { ...played, took: (performance.now() - began) / 1000 };
  } finally {
    await daemon.stop();
  }
}

async function play(
  world: World,
  deps: DaemonDeps,
  daemon: Daemon,
  script: SemesterScript,
  progress: Progress,
) {
  const tally = newTally();
  const agenda = new Agenda(script.events, script.begins);
  const people = peopleOf({ world, script, tally, later: (follow) => agenda.add(follow) });
  let jumps = 0;
  let told = 0;
  const jump = async (most: number) => {
    moveClock(Math.min(most, await nextMoment(deps)));
    deps.db.signals.emit('committed');
    jumps++;
    await settled(daemon);
    if (timeNow() - told < day) return;
    told = timeNow();
    progress(told);
  };
  await settled(daemon);
  while (timeNow() < script.begins + untilLoaded) await jump(script.begins + untilLoaded);
  await makeCourses(world, script);
  await settled(daemon);
  await people.begin();
  while (timeNow() < script.ends) {
    while (agenda.next() <= timeNow()) await agenda.act(people);
    await settled(daemon);
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
  return Math.min(due, nextAwaited());
}

/** Resolves when nothing happens any more at this moment. */
async function settled(daemon: Daemon): Promise<void> {
  do await setImmediate();
  while (!daemon.isAtRest());
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
