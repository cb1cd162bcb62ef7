/** What administrators ask of the whole installation: part of `Services`. */
import type * as view from './administration-views.ts';
import type { SignedIn } from './views.ts';

type Me = SignedIn;

/** Who had this at a time: an `address` with its port, or a `node` by name. Times are epoch milliseconds. */
export interface WhoHadItRequest {
  readonly address?: string | undefined;
  readonly node?: string | undefined;
  readonly at: number;
}

export interface AdministrationServices {
  /** Which reservation and person had it, and from which addresses they came; kept a year. */
  whoHadIt(me: Me, request: WhoHadItRequest): Promise<readonly view.SpellView[]>;
}
