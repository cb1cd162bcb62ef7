import type { Refusal } from '../../refusal.ts';

/** Where machines stand, as a table that is changed as text: one line for each. */
export interface PlacesPage {
  readonly text: string;
  readonly lines: number;
  readonly refusal: Refusal | null;
}
