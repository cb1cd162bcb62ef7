import type { Refusal } from '../../refusal.ts';

export interface SignInPage {
  readonly name: string;
  readonly next: string;
  readonly refusal: Refusal | null;
  /** Said when the page comes instead of what was posted. */
  readonly stale: boolean;
}

export interface LinkPage {
  readonly action: string;
}

export interface PasswordPage {
  readonly name: string;
  readonly refusal: Refusal | null;
}
