import {
  type PersonRow,
  personById,
  personByName,
  personBySession,
  personByToken,
} from '../../../db/queries/people.ts';
import {
  addLink,
  addSession,
  noteSignIn,
  refuseClosed,
  removeExpired,
  removeSession,
  renewSession,
  useLink,
} from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { minute } from '../../domain/time.ts';
import { lived } from '../../lib/clock.ts';
import { verifyPassword } from '../../lib/passwords.ts';
import { randomToken, sha256 } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Services } from '../services.ts';
import { limitAttempts, rememberFailures } from './attempts.ts';
import { isUserName, mostPasswordLetters } from './password-rules.ts';
import { signedIn } from './signed-in.ts';

const sessionLasts = 24 * 60 * minute;
/** A session that is used is prolonged, but not with every request: that would be a write each. */
const renewBelow = sessionLasts - 60 * minute;
const linkLasts = 10 * minute;

type Parts = Pick<Services, 'signIn' | 'signInByLink' | 'signOut' | 'whoHasSession' | 'whoHasToken'>;

/** Who somebody is: by password, link, session or token. Only SHA-256 of what they show is kept. */
export function signInServices(deps: ServiceDeps): Parts {
  const { db } = deps;
  return {
    async signIn({ name, password, network }) {
      const wanted = name.trim().toLowerCase();
      // MariaDB takes accented letters for plain ones: what cannot be a name is not looked up
      const [person, ...more] = isUserName(wanted) ? await personByName(db, wanted) : [];
      const right = await limitAttempts(db, wanted, network, () =>
        verifyPassword(password.slice(0, mostPasswordLetters), person?.password_hash ?? null),
      );
      const me = person && right ? signedIn([person, ...more], deps) : null;
      if (!me) throw new LabError('sign-in.wrong');
      // said only to whoever knows the password: names cannot be tried out
      if (isDisabled(person)) throw new LabError('account.disabled');
      const session = await inTransaction(db, (tx) => beginSession(tx, me.id, 'password'));
      await deps.forgetFirstPassword?.(me.name);
      return { session, me };
    },

    async signInByLink(link) {
      const { session, userId } = await inTransaction(db, async (tx) => {
        const userId = await useLink(tx, sha256(link));
        if (userId === null) throw new LabError('sign-in.link-used');
        return { session: await beginSession(tx, userId, 'link'), userId };
      });
      const me = signedIn(await personById(db, userId), deps);
      if (!me) throw new LabError('sign-in.link-used');
      return { session, me };
    },

    async signOut(session) {
      await inTransaction(db, (tx) => removeSession(tx, sha256(session)));
    },

    async whoHasSession(session) {
      const hash = sha256(session);
      const rows = await personBySession(db, hash);
      if (rows[0] && Number(rows[0].remaining) < lived(renewBelow)) {
        await inTransaction(db, (tx) => renewSession(tx, hash, lived(sessionLasts)));
      }
      return signedIn(rows, deps);
    },

    async whoHasToken(token) {
      const rows = await personByToken(db, sha256(token));
      if (isDisabled(rows[0])) throw new LabError('account.disabled');
      return signedIn(rows, deps);
    },
  };
}

function isDisabled(person: Pick<PersonRow, 'disabled_at'> | undefined): boolean {
  return person !== undefined && person.disabled_at !== null;
}

async function beginSession(tx: Tx, userId: number, how: 'password' | 'link'): Promise<string> {
  await refuseClosed(tx, userId);
  const session = randomToken();
  await removeExpired(tx, tx.now - rememberFailures);
  await addSession(tx, userId, sha256(session), lived(sessionLasts));
  await noteSignIn(tx, userId);
  await addEvent(tx, { kind: 'account.signed-in', actorId: userId, data: { how }, retention: 'progress' });
  return session;
}

/** A single-use link of ten minutes for an account: what to put behind `/sign-in/link/`. Throws not-found. */
export async function makeSignInLink(deps: ServiceDeps, name: string): Promise<string> {
  const [person] = await personByName(deps.db, name);
  if (!person) throw new LabError('not-found', { detail: `There is no account "${name}".` });
  if (isDisabled(person))
    throw new LabError('account.disabled', { detail: `The account "${name}" is disabled.` });
  const link = randomToken();
  await inTransaction(deps.db, (tx) => addLink(tx, person.id, sha256(link), lived(linkLasts)));
  return link;
}
