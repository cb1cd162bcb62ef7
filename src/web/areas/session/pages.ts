import type { Refusal } from '../../refusal.ts';

export interface SignInPage {
  readonly name: string;
  readonly next: string;
  /** A form that came after the session had ended, sealed; empty when there is none. */
  readonly kept: string;
  readonly refusal: Refusal | null;
  /** Said when the page comes instead of what was posted. */
  readonly notice: string | null;
}

export interface LinkPage {
  readonly action: string;
}

export interface PasswordPage {
  readonly name: string;
  readonly refusal: Refusal | null;
}
