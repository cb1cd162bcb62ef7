import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../../../db/connect.ts';
import type { TaskAction } from '../../../src/domain/contracts/task.ts';
import { checkRows, rowsOf, runUntilSettled } from '../../helpers/crash-lab.ts';
import { runDaemonProcess, startDaemonProcess } from '../../helpers/daemon-child.ts';
import { makeRealLab } from '../../helpers/real-machines.ts';
import { processesOf, tracesOf } from '../../helpers/real-traces.ts';
import { isStepOf } from '../../helpers/step-of.ts';
import { type Life, type Phase, phases } from './real-phases.ts';

/** The next look at who is there is the test's to ask for. */
const options = { times: { inuseCheckSeconds: 3_600 } };

/** After which step the daemon is killed in an action of a phase, by its name or its number; null: it is not. */
export type Choice = (phase: Phase, action: TaskAction) => string | number | null;

/** What a machine's whole life came to, phase by phase: rows, and what there really is. */
export interface Lived {
  readonly ends: readonly unknown[];
  /** The steps of each action of each phase, in order, where no daemon was killed. */
  readonly steps: ReadonlyMap<Phase, readonly string[]>;
  readonly kills: number;
}

/** One machine through all phases, with a daemon that is killed as `choose` says; the next one ends what it left. */
export async function liveThrough(choose: Choice): Promise<Lived> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-life-'));
  const url = `sqlite:${join(folder, 'labrador.sqlite')}`;
  const db = connectDatabase(url);
  await migrate(db);
  const lab = await makeRealLab(db, 1);
  const life: Life = { lab, url, person: await lab.person('nobody'), reservation: 0 };
  try {
    return await walk(life, choose);
  } finally {
    life.shell?.close();
    await lab.close();
    for (const pid of processesOf(lab.directory)) process.kill(pid, 'SIGKILL');
    await db.close();
    rmSync(folder, { recursive: true });
  }
}

async function walk(life: Life, choose: Choice): Promise<Lived> {
  const ends: unknown[] = [];
  const steps = new Map<Phase, string[]>();
  let kills = 0;
  for (const phase of phases) {
    const heard: string[] = [];
    steps.set(phase, heard);
    try {
      await phase.begin(life);
      for (const action of phase.kills) {
        const step = choose(phase, action);
        if (step !== null) kills += await killIn(life, action, step);
      }
      await runUntilSettled(life.lab.db, life.lab.directory, options, (step) => heard.push(step));
      ends.push(await endOf(life, phase));
      await phase.check?.(life);
    } catch (error) {
      throw new Error(`${phase.title}: ${(error as Error).message}`, { cause: error });
    }
  }
  return { ends, steps, kills };
}

async function killIn({ lab, url }: Life, action: TaskAction, step: string | number): Promise<number> {
  const order = { url, directory: lab.directory, options, kill: { action, step } };
  const signal = await runDaemonProcess(startDaemonProcess(), order);
  assert.equal(signal, 'SIGKILL', `not killed after ${step} of ${action}`);
  return 1;
}

async function endOf({ lab, reservation }: Life, phase: Phase) {
  await checkRows(lab.db);
  const [rows, traces] = [await rowsOf(lab.db), await tracesOf(lab)];
  const mine = rows.reservations.find(({ id }) => id === reservation);
  assert.deepEqual([mine?.state, rows.nodes[0]?.state ?? null], [phase.reservation, phase.node]);
  assert.deepEqual([traces.ports, traces.accounts], [phase.ports, phase.accounts]);
  assert.equal(traces.processes.length, phase.ports.length > 0 ? 1 : 0, traces.processes.join());
  return { phase: phase.title, ...rows, ...traces };
}

export function stepsOf(lived: Lived, phase: Phase, action: TaskAction): readonly string[] {
  return (lived.steps.get(phase) ?? []).filter((step) => isStepOf(action, step));
}
