/** `labrador start --semester`: a simulated semester in a data directory of its own, at sixty times its speed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallation } from '../../../db/repositories/installation.ts';
import { reading } from '../../../db/transaction.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { pass, setClock, timeNow } from '../../lib/clock.ts';
import { createServices } from '../../services/create-services.ts';
import { onChange } from '../../services/reservations/watch.ts';
import type { Enrolled } from '../../services/setup/enrol.ts';
import { CommandError } from '../failure.ts';
import type { Installation } from '../installation.ts';
import { say } from '../say.ts';
import { people as peopleOf } from './act.ts';
import { Agenda } from './agenda.ts';
import { areHeld } from './classes.ts';
import { semesterScript, wholeSemester } from './script.ts';
import type { SemesterScript } from './script-parts.ts';
import { newTally } from './tally.ts';
import { makeCourses, makeWorld, untilLoaded } from './world.ts';

const rate = 60;
/** Holding all seats of the semester takes a few minutes of this computer at most. */
const patience = 600_000;
const fileIn = (data: string) => join(data, 'semester.json');

/**
 * Sets this process's clock to where the semester is: its begin, or where it was stopped. Its people are nobody: where another
 * installation is already it is refused, and so is another start of its own. The database is prepared by then, and not written to yet.
 */
export async function openSemester({ data, db }: Installation, wanted: boolean): Promise<void> {
  const isOne = existsSync(fileIn(data.path));
  if (!wanted && !isOne) return;
  if (!wanted)
    throw new CommandError(
      `${data.path} is a simulated semester: it goes on with "npm start -- --semester".`,
    );
  if (!isOne && (await findInstallation(db)) !== null)
    throw new CommandError(
      `There is a Labrador in ${data.path} already: a simulated semester needs a folder of its own (LABRADOR_DATA names it).`,
    );
  const [last] = await reading(db, (reader) =>
    reader.rows<{ at: number | null }>('SELECT MAX(at) AS at FROM events'),
  );
  const { begins } = semesterScript({ ...wholeSemester, students: 0 });
  if (!isOne) await writeFileAtomic(fileIn(data.path), `${JSON.stringify({ simulated: true })}\n`);
  setClock(Math.max(begins, Number(last?.at ?? 0)), rate);
}

/** Plays it until the signal fires: a daemon has to run beside it. */
export async function playAlong(
  opened: Installation,
  enrolled: Enrolled,
  signal: AbortSignal,
): Promise<void> {
  const script = semesterScript(wholeSemester);
  const world = { ...enrolled, deps: opened.deps, services: createServices(opened.deps), seated: null };
  say(`A semester of ${script.size.weeks} weeks is played at ${rate} times its speed.`);
  await makeWorld(world, script);
  await pass(Math.max(0, script.begins + untilLoaded - timeNow()), signal);
  await makeCourses(world, script);
  await onChange(opened.db, patience, async () => (await areHeld(opened.deps)) || null);
  await act(world, script, signal);
  say('The semester is over. Its pages stay until Ctrl-C.');
}

async function act(world: Parameters<typeof makeWorld>[0], script: SemesterScript, signal: AbortSignal) {
  const agenda = new Agenda(script.events, timeNow());
  const later = agenda.add.bind(agenda);
  const people = peopleOf({ world, script, tally: newTally(), later });
  await people.begin();
  for (let at = agenda.next(); at < script.ends; at = agenda.next()) {
    await pass(Math.max(0, at - timeNow()), signal);
    signal.throwIfAborted();
    await agenda.act(people);
  }
}
