import { personByName } from '../../../db/queries/people.ts';
import { LabError } from '../../domain/errors.ts';
import { signedIn } from '../../services/accounts/signed-in.ts';
import type { ServiceDeps } from '../../services/deps.ts';
import type { SignedIn } from '../../services/views.ts';

/** Somebody as if they had signed in. Throws not-found. */
export async function personNamed(deps: ServiceDeps, name: string): Promise<SignedIn> {
  const me = signedIn(await personByName(deps.db, name), deps);
  if (!me) throw new LabError('not-found', { detail: `There is no account "${name}".` });
  return me;
}
