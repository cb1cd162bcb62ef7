import { predictive } from '../modules/predictive/registry.ts';
import { semesterScript, wholeSemester } from '../src/cli/semester/script.ts';
import { timeZone } from '../src/cli/semester/script-parts.ts';
import type {
  Aim,
  ForeseenImage,
  ForeseenNode,
  PredictiveModule,
} from '../src/domain/contracts/predictive.ts';
import { type TakenHour, takenHistory } from '../src/domain/taken-history.ts';
import { day, hour, minute } from '../src/domain/time.ts';
import type { Figure } from './figure.ts';

/** The same semester as `bench semester` on three tenths of its machines, with as many of its students. */
const size = { ...wholeSemester, nodes: 60, students: 1_500 };
const { nodes, images } = size;
/** Nobody is measured in the first weeks: there is nothing to learn from yet. */
const unmeasured = 2;
const load = 4 * minute;
/** As often as the daemon looks, in parts of its turn. */
const every = 4 * minute;
const { begins, ends, events } = semesterScript(size);

interface Wish {
  readonly at: number;
  readonly imageId: number;
  readonly minutes: number;
}

/** Machines that people want at once. */
function wishesOf(): Wish[] {
  return events.flatMap((event) =>
    event.kind === 'book' && event.start === null
      ? [{ at: event.at, imageId: event.image + 1, minutes: event.leaves ?? event.minutes }]
      : [],
  );
}

interface Machine {
  readonly id: number;
  holds: number | null;
  /** In use, then loading, until then. */
  usedUntil: number;
  loadingUntil: number;
  aim: number | null;
  aimed: boolean;
}

function play(
  module: PredictiveModule,
  wishes: readonly Wish[],
): { found: number; had: number; loads: number } {
  const machines = Array.from({ length: nodes }, (_, id): Machine => {
    return { id, holds: (id % images) + 1, usedUntil: 0, loadingUntil: 0, aim: null, aimed: false };
  });
  const hours: TakenHour[] = [];
  const counted = new Map<string, { all: number }>();
  const came = { found: 0, had: 0, loads: 0 };
  const known: ForeseenImage[] = Array.from({ length: images }, (_, index) => ({
    ...{ id: index + 1, spares: 0, elsewhere: 0, kinds: new Set(['vm']) },
  }));
  let place = 0;
  for (let now = begins; now < ends; now += every) {
    for (; (wishes[place]?.at ?? Number.POSITIVE_INFINITY) < now; place++)
      serve(machines, wishes[place] as Wish, came);
    for (const machine of machines) takeBack(machine, now, came);
    if (now % hour === 0) count(hours, counted, wishes, place, now);
    const history = takenHistory(hours, begins);
    const seen = machines.map((machine): ForeseenNode => foreseen(machine, now));
    const aims = module.predict({ now, timeZone, nodes: seen, images: known, history });
    obey(machines, aims, now, came);
  }
  return came;
}

function foreseen({ id, holds, usedUntil, loadingUntil }: Machine, now: number): ForeseenNode {
  const busyUntil = usedUntil > now ? usedUntil : null;
  return { id, kind: 'vm', holds, loading: busyUntil === null && loadingUntil > now, busyUntil, next: null };
}

/** One that holds it, else one that is free; who finds none goes away. */
function serve(
  machines: readonly Machine[],
  wish: Wish,
  came: { found: number; had: number; loads: number },
): void {
  const free = machines.filter((machine) => machine.usedUntil <= wish.at);
  const ready = free.find(({ holds, loadingUntil }) => holds === wish.imageId && loadingUntil <= wish.at);
  const machine = ready ?? free.find(({ loadingUntil }) => loadingUntil <= wish.at) ?? free[0];
  if (!machine) return;
  if (wish.at >= begins + unmeasured * 7 * day) {
    came.had++;
    if (ready) came.found++;
  }
  machine.holds = wish.imageId;
  machine.usedUntil = wish.at + wish.minutes * minute + (ready ? 0 : load);
  machine.loadingUntil = 0;
}

/** It is loaded with what it is to hold, else with what it had. */
function takeBack(machine: Machine, now: number, came: { loads: number }): void {
  if (machine.usedUntil === 0 || machine.usedUntil > now) return;
  machine.usedUntil = 0;
  machine.holds = machine.aimed ? machine.aim : machine.holds;
  machine.loadingUntil = machine.holds === null ? 0 : now + load;
  if (machine.holds !== null) came.loads++;
}

function count(
  hours: TakenHour[],
  counted: Map<string, { all: number }>,
  wishes: readonly Wish[],
  place: number,
  now: number,
): void {
  const at = now - hour;
  for (let index = place - 1; index >= 0 && (wishes[index]?.at ?? 0) >= at; index--) {
    const { imageId } = wishes[index] as Wish;
    const known = counted.get(`${imageId} ${at}`);
    if (known) known.all++;
    else counted.set(`${imageId} ${at}`, { all: 1 });
  }
  for (let imageId = 1; imageId <= images; imageId++) {
    const all = counted.get(`${imageId} ${at}`)?.all ?? 0;
    if (all > 0) hours.push({ imageId, hour: at, all, atOnce: all });
  }
}

function obey(
  machines: readonly Machine[],
  aims: readonly Aim[],
  now: number,
  came: { loads: number },
): void {
  for (const machine of machines) machine.aimed = false;
  for (const { nodeId, imageId } of aims) {
    const machine = machines[nodeId];
    if (!machine) continue;
    Object.assign(machine, { aimed: true, aim: imageId });
    if (
      machine.usedUntil > now ||
      machine.loadingUntil > now ||
      imageId === null ||
      imageId === machine.holds
    )
      continue;
    Object.assign(machine, { holds: imageId, loadingUntil: now + load });
    came.loads++;
  }
}

/** The same semester with each predictive module: how many of those who wanted a machine at once found their image loaded. */
export function predict(): Promise<Figure[]> {
  const wishes = wishesOf();
  const figures = Object.entries(predictive).flatMap(([id, module]): Figure[] => {
    const began = performance.now();
    const { found, had, loads } = play(module, wishes);
    const looks = (ends - begins) / every;
    return [
      {
        name: `${id}: found their image loaded`,
        value: (found / had) * 100,
        unit: '%',
        against: `${had} people, ${nodes} machines, ${images} images`,
      },
      { name: `${id}: loads ahead and after use`, value: loads / wishes.length, unit: 'for each person' },
      { name: `${id}: a look`, value: (performance.now() - began) / looks, unit: 'ms' },
    ];
  });
  return Promise.resolve(figures);
}
