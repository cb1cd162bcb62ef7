import { addUser } from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { hashDrawnPassword } from '../../lib/passwords.ts';
import { randomPassword } from '../../lib/secrets.ts';
import { mailAddress } from '../accounts/preferences.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { NewPeopleRequest, NewPerson } from '../people.ts';
import type { NewAccountView, NewPersonView } from '../people-views.ts';
import type { Once } from '../requests.ts';
import type { SignedIn } from '../views.ts';
import { administer, refuseOthers } from './guard.ts';
import { lookAlike, planPeople, takenLogins, whyTaken } from './plan-people.ts';
import { groupIds, personFaults, refuseFaults } from './rules.ts';

/** So many in one transaction hold up nobody for long. */
const together = 50;

interface Account {
  readonly name: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly groups: readonly string[];
}

/** Adds somebody with a first password, which is told once and must be changed. Throws LabError naming every wrong field. */
export async function addPerson(
  deps: ServiceDeps,
  me: SignedIn,
  person: NewPerson,
  once: Once = {},
): Promise<NewAccountView> {
  refuseOthers(me);
  const name = person.name.trim().toLowerCase();
  const displayName = person.displayName?.trim() || undefined;
  refuseFaults(personFaults({ name, displayName, email: person.email }));
  const account = {
    name,
    displayName: displayName ?? name,
    email: mailAddress(person.email ?? ''),
    groups: person.groups,
  };
  const password = randomPassword();
  const hash = await hashDrawnPassword(password);
  const asked = ['add-person', JSON.stringify(person)] as const;
  const { id, repeated } = await inTransaction(deps.db, (tx) =>
    administer(tx, me, () =>
      doOnce(tx, me, once, asked, async () => {
        await refuseTaken(tx, name, person.evenIfAlike === true);
        return add(tx, me, account, hash);
      }),
    ),
  );
  return { id, name, password: repeated ? null : password };
}

async function refuseTaken(tx: Tx, name: string, evenIfAlike: boolean): Promise<void> {
  const logins = await takenLogins(tx);
  const taken = whyTaken(logins, name);
  if (taken !== null) throw new LabError('name.taken', { fields: { name: taken }, detail: taken });
  const other = lookAlike(logins, name);
  if (other !== null && !evenIfAlike)
    throw invalid(
      'evenIfAlike',
      `The login looks like ${other}. Say that it is somebody else, or take another one.`,
    );
}

async function add(tx: Tx, me: SignedIn, account: Account, passwordHash: string): Promise<number> {
  const { name, displayName, email, groups } = account;
  const ids = await groupIds(tx, groups);
  const id = await addUser(tx, {
    name,
    displayName,
    email,
    passwordHash,
    mustChangePassword: 'always',
    groupIds: ids,
  });
  await addEvent(tx, { kind: 'person.added', actorId: me.id, data: { userId: id, name, groups } });
  return id;
}

/** Adds those of a table with nothing wrong; what came of each is in the rows. */
export async function addPeople(
  deps: ServiceDeps,
  me: SignedIn,
  request: NewPeopleRequest,
  once: Once = {},
): Promise<NewPersonView[]> {
  const plan = await planPeople(deps, me, request);
  const asked = ['add-people', JSON.stringify(request)] as const;
  const { repeated } = await inTransaction(deps.db, (tx) =>
    administer(tx, me, () => doOnce(tx, me, once, asked, async () => null)),
  );
  if (repeated) return plan;
  const fine = plan.filter(({ problems }) => problems.length === 0);
  const came = new Map<NewPersonView, NewPersonView>();
  for (let first = 0; first < fine.length; first += together) {
    const some = fine.slice(first, first + together);
    const drawn = await Promise.all(some.map(drawPassword));
    const added = await inTransaction(deps.db, (tx) =>
      administer(tx, me, () => addSome(tx, me, some, drawn)),
    );
    for (const [at, row] of some.entries()) came.set(row, added[at] ?? row);
  }
  return plan.map((row) => came.get(row) ?? row);
}

interface Drawn {
  readonly password: string;
  readonly hash: string;
}

async function drawPassword(): Promise<Drawn> {
  const password = randomPassword();
  return { password, hash: await hashDrawnPassword(password) };
}

async function addSome(
  tx: Tx,
  me: SignedIn,
  rows: readonly NewPersonView[],
  drawn: readonly Drawn[],
): Promise<NewPersonView[]> {
  const logins = await takenLogins(tx);
  const added: NewPersonView[] = [];
  for (const [at, row] of rows.entries()) {
    const { password = '', hash = '' } = drawn[at] ?? {};
    const taken = whyTaken(logins, row.name);
    if (taken !== null) added.push({ ...row, problems: ['The login was taken meanwhile.'] });
    else added.push({ ...row, id: await add(tx, me, row, hash), password });
  }
  return added;
}
