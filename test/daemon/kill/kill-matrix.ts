import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, migrate } from '../../../db/connect.ts';
import type { TaskAction } from '../../../src/domain/contracts/task.ts';
import { checkWhole, type End, endOf, makeCrashLab, runUntilSettled } from '../../helpers/crash-lab.ts';
import { runDaemonProcess, startDaemonProcess } from '../../helpers/daemon-child.ts';
import { isStepOf } from '../../helpers/step-of.ts';
import { twoAtATime } from '../../helpers/two-at-a-time.ts';
import type { Scenario } from './scenarios.ts';

/** A scenario prepared once on SQLite, and what an undisturbed run makes of it. */
export interface Reference {
  readonly file: string;
  readonly directory: string;
  /** The steps of its action that the undisturbed run took, in order: each is a place to kill it after. */
  readonly steps: readonly string[];
  readonly end: End;
}

/** They begin anew every few seconds: one visit has each of their steps once. */
const visits: readonly TaskAction[] = ['discover', 'watchbmcs'];

const references = new Map<Scenario, Promise<Reference>>();
const root = mkdtempSync(join(tmpdir(), 'labrador-kill-'));
process.once('exit', () => rmSync(root, { recursive: true, force: true }));
let copies = 0;

/** What was prepared grows old: its people are seen no more, its end comes. The steps and the end stay true. */
export function referenceOf(scenario: Scenario): Promise<Reference> {
  return references.get(scenario) ?? newReference(scenario);
}

function newReference(scenario: Scenario): Promise<Reference> {
  const made = makeReference(scenario);
  references.set(scenario, made);
  return made;
}

async function makeReference(scenario: Scenario): Promise<Reference> {
  const file = join(root, `prepared-${++copies}.sqlite`);
  const db = connectDatabase(`sqlite:${file}`);
  await migrate(db);
  const directory = await prepare(scenario, db);
  await db.close();
  const prepared = { file, directory };
  const steps: string[] = [];
  const end = await onCopy(prepared, async (copy, folder) => {
    const comesBack = visits.includes(scenario.action);
    const note = (step: string) =>
      isStepOf(scenario.action, step) && !(comesBack && steps.includes(step)) && steps.push(step);
    await runUntilSettled(copy, folder, {}, note);
    await checkWhole(copy, folder);
    return endOf(copy, folder);
  });
  const { nodes, state, reason = /^/ } = scenario.end;
  assert.equal(
    end.nodes
      .map((node) => node.state)
      .sort()
      .join(' '),
    nodes,
  );
  if (state) {
    assert.equal(end.reservations[0]?.state, state);
    assert.match(String(end.reservations[0]?.reason ?? ''), reason);
  }
  return { ...prepared, steps, end };
}

/** The directory of the prepared installation; no daemon is left running. */
export async function prepare(scenario: Scenario, db: Database): Promise<string> {
  const lab = await makeCrashLab(db, { nodes: scenario.nodes });
  await scenario.prepare(lab);
  const directory = join(root, `directory-${++copies}`);
  await move(db, lab.directory, directory);
  await lab.close();
  return directory;
}

/** A copy of the directory, and rows that know its images there. */
async function move(db: Database, from: string, to: string): Promise<void> {
  cpSync(from, to, { recursive: true });
  await db.knex('image_revisions').update({ file: db.knex.raw('REPLACE(file, ?, ?)', [from, to]) });
}

async function onCopy<T>(
  from: Pick<Reference, 'file' | 'directory'>,
  work: (db: Database, directory: string, url: string) => Promise<T>,
): Promise<T> {
  const copy = join(root, `copy-${++copies}`);
  copyFileSync(from.file, `${copy}.sqlite`);
  const url = `sqlite:${copy}.sqlite`;
  const db = connectDatabase(url);
  try {
    await move(db, from.directory, copy);
    return await work(db, copy, url);
  } finally {
    await db.close();
  }
}

/** Kills a daemon after one step, lets the next run to the end, and compares that end with the undisturbed one. */
export async function killAndCompare(
  scenario: Scenario,
  reference: Reference,
  step: number,
  at: { readonly db: Database; readonly directory: string; readonly url: string },
): Promise<void> {
  const after = `killed after ${reference.steps[step - 1]}`;
  const { url, directory, db } = at;
  const order = { url, directory, kill: { action: scenario.action, step } };
  assert.equal(await runDaemonProcess(startDaemonProcess(), order), 'SIGKILL', `not ${after}`);
  try {
    await runUntilSettled(db, directory);
    await checkWhole(db, directory);
  } catch (error) {
    throw new Error(`${after}: ${(error as Error).message}`, { cause: error });
  }
  assert.deepEqual(await endOf(db, directory), reference.end, after);
}

/** After every step, on copies of the prepared SQLite file. */
export async function killEverywhere(scenario: Scenario): Promise<number> {
  const reference = await newReference(scenario);
  const steps = reference.steps.map((_, index) => index + 1);
  await twoAtATime(steps, (step) =>
    onCopy(reference, (db, directory, url) =>
      killAndCompare(scenario, reference, step, { db, directory, url }),
    ),
  );
  return reference.steps.length;
}
