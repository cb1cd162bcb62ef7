/** Who is signed in, and what they come in with. */
import type { Limits } from '../../domain/limits.ts';
import type { Person } from '../../domain/may.ts';

/** Somebody who is signed in, by session or by token. */
export interface SignedIn extends Person {
  readonly displayName: string;
  readonly email: string | null;
  readonly timeZone: string | null;
  readonly limits: Limits;
  readonly mustChangePassword: boolean;
}

export interface SshKeyView {
  readonly id: number;
  readonly label: string;
  readonly fingerprint: string;
}

/** A reservation whose machine is being told the keys of its person. */
export interface KeysOnTheirWayView {
  readonly id: number;
  readonly title: string;
}

export interface TokenView {
  readonly id: number;
  readonly label: string;
  readonly createdAt: number;
}
