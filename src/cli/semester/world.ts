/** What a simulated semester happens in: machines, images, people, courses and their classes, made through the services. */
import { addUser, groupId } from '../../../db/repositories/accounts.ts';
import { addRevision, announceImage, ensureImage } from '../../../db/repositories/images.ts';
import { findPool } from '../../../db/repositories/installation.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { minute } from '../../domain/time.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import type { Services } from '../../services/services.ts';
import { setSimulatedMachines } from '../../services/setup/simulated-machines.ts';
import type { SignedIn } from '../../services/views.ts';
import { personNamed } from './people.ts';
import { type ClassPlan, type SemesterScript, type SemesterSize, timeZone } from './script-parts.ts';

export interface World {
  readonly deps: ServiceDeps;
  readonly services: Services;
  readonly installation: string;
  readonly placeId: number;
  /** The reservations whose people are on their machines; null where machines have no way in. */
  readonly seated: Set<number> | null;
}

/**
 * How machines are: three to five minutes of loading as VCL's virtual machines took, and what we take for its failures, of which it
 * has published no figure: one load in a hundred fails, half of them with their machine, and one in a thousand hangs.
 */
const machines = {
  ...{ loadSeconds: 240, spread: 0.25, failureRate: 0.01, hangRate: 0.001 },
  failureKinds: ['retry', 'node_broken'],
} as const;

/** So long after its begin its machines are loaded, however many failed. */
export const untilLoaded = 30 * minute;

export const imageName = (number: number) => `lab-${number + 1}`;
export const studentName = (number: number) => `s${number + 1}`;
const teacherName = (number: number) => `teacher${number + 1}`;
export const courseName = (number: number) => `Course ${number + 1}`;

/** Makes what is not there yet, so that it may be killed anywhere and run again; its machines are loaded then. */
export async function makeWorld(world: World, script: SemesterScript): Promise<void> {
  const { deps, services, installation, placeId } = world;
  const { size } = script;
  await setSimulatedMachines(deps, installation, placeId, size.nodes);
  await inTransaction(deps.db, async (tx) => {
    for (let number = 0; number < size.images; number++) await makeImage(tx, placeId, number);
    await makePeople(tx, size);
  });
  const admin = await personNamed(deps, 'admin');
  const poolId = (await inTransaction(deps.db, (tx) => findPool(tx, 'simulator'))) ?? 0;
  await services.editPool(admin, poolId, { settings: machines });
  await services.setPredictive(admin, poolId, size.predictive);
  // where there is nothing to be connected to nobody is timed out for not being there
  for (let number = 0; number < size.images; number++)
    await services.editImage(admin, imageName(number), { checkConnected: world.seated !== null });
}

/** Its courses, whose teachers ask for seats and approve them; the daemon holds them. Machines must be there. */
export async function makeCourses(world: World, script: SemesterScript): Promise<void> {
  const admin = await personNamed(world.deps, 'admin');
  for (const plan of script.classes) await makeCourse(world, admin, plan, script);
}

async function makeImage(tx: Tx, placeId: number, number: number): Promise<void> {
  const name = imageName(number);
  const about = { description: 'A simulated environment.', icon: 'simulated', osModule: 'none' } as const;
  const needs = { cpus: 1, memoryMb: 0, diskMb: 0 };
  const imageId = await ensureImage(tx, { name, title: `Lab ${number + 1}`, ...about, ...needs });
  const [known] = await tx.rows('SELECT id FROM image_revisions WHERE image_id = ?', [imageId]);
  if (known) return;
  const sizes = { sizeBytes: 0, virtualBytes: 0, sha256: null, system: {} };
  await addRevision(tx, imageId, { number: 1, format: 'simulated', placeId, file: '', ...sizes });
  await announceImage(tx, imageId, true);
}

/** Nobody of them has a password: administrators look at what they do. */
async function makePeople(tx: Tx, { students, classes }: SemesterSize): Promise<void> {
  const group = await groupId(tx, 'students');
  const names = new Set((await tx.rows<{ name: string }>('SELECT name FROM users')).map(({ name }) => name));
  const add = async (name: string, displayName: string) => {
    if (names.has(name)) return;
    const rights = { passwordHash: null, mustChangePassword: 'never', groupIds: [group ?? 0] } as const;
    await addUser(tx, { name, displayName, ...rights });
  };
  for (let number = 0; number < students; number++) await add(studentName(number), `Student ${number + 1}`);
  for (let number = 0; number < classes; number++) await add(teacherName(number), `Teacher ${number + 1}`);
}

async function makeCourse(
  { services, deps }: World,
  admin: SignedIn,
  plan: ClassPlan,
  { firstDate, lastDate }: SemesterScript,
): Promise<void> {
  const name = courseName(plan.number);
  const known = (await services.listGroups(admin)).find((group) => group.name === name);
  const limits = { initialMinutes: 240, totalMinutes: 360, extendMinutes: 60, overlap: 1, daysAhead: 7 };
  const courseId =
    known?.id ?? (await services.addGroup(admin, { name, limits: { ...limits, upcoming: 5 } })).id;
  const term = { timeZone, termFrom: firstDate, termUntil: lastDate };
  const instructors = [teacherName(plan.number)];
  await services
    .addCourse(admin, { group: name, ...term, instructors, ownSeats: 1_000 })
    .catch(unless('name.taken'));
  await services.changeMembers(admin, courseId, { add: plan.students.map(studentName) });
  const teacher = await personNamed(deps, teacherName(plan.number));
  const { items } = await services.listBlocks(teacher, { courseId, limit: 1 });
  if (items.length > 0) return;
  const { weekday, from, until, except, seats } = plan;
  const times = { weekdays: [weekday], every: 1, from, until, first: firstDate, last: lastDate, except };
  const wish = {
    courseId,
    image: imageName(plan.image),
    seats,
    recurrence: { kind: 'weekly', ...times },
  } as const;
  const { id } = await services.askBlock(teacher, wish);
  await services.approveBlock(teacher, id, { skipsShort: true });
}

const unless = (code: string) => (error: unknown) => {
  if (!(error instanceof LabError) || error.code !== code) throw error;
};
