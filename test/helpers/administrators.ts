import type { Database } from '../../db/connect.ts';
import { personByName } from '../../db/queries/people.ts';
import type { Role } from '../../src/domain/may.ts';
import { signedIn } from '../../src/services/accounts/signed-in.ts';
import type { ServiceDeps } from '../../src/services/deps.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { addPerson, quickHash } from './people.ts';

/** Somebody with a group of their own, as the database knows them; their password is `password of NAME`. */
export async function someone(deps: ServiceDeps, name: string, role: Role = 'user'): Promise<SignedIn> {
  await addPerson(deps.db, { name, role, passwordHash: quickHash(`password of ${name}`) });
  return known(deps, name);
}

/** Who has that login now. */
export async function known(deps: ServiceDeps & { readonly db: Database }, name: string): Promise<SignedIn> {
  const me = signedIn(await personByName(deps.db, name), deps);
  if (!me) throw new Error(`there is no ${name}`);
  return me;
}
