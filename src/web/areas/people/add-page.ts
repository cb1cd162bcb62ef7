import type { NewPersonView } from '../../../services/people-views.ts';
import type { Refusal } from '../../refusal.ts';

interface GroupChoice {
  readonly name: string;
  readonly chosen: boolean;
}

export interface AddPersonPage {
  readonly typed: Readonly<Record<'name' | 'displayName' | 'email', string>>;
  readonly groups: readonly GroupChoice[];
  readonly refusal: Refusal | null;
}

export interface PeopleTablePage {
  readonly csv: string;
  readonly groups: readonly GroupChoice[];
  /** What is shown of them: those with something wrong first. */
  readonly rows: readonly NewPersonView[];
  readonly total: number;
  readonly fine: number;
  readonly done: boolean;
  /** Logins and first passwords of those who were added, a line each; empty before. */
  readonly passwords: string;
  readonly refusal: Refusal | null;
}

/** Shown once. */
export interface FirstPasswordPage {
  readonly id: number;
  readonly displayName: string;
  readonly name: string;
  readonly password: string;
  readonly isNew: boolean;
}

export interface NewPasswordPage {
  readonly id: number;
  readonly displayName: string;
  readonly sessions: number;
  readonly tokens: number;
}

export interface DisablePage {
  readonly id: number;
  readonly displayName: string;
  readonly reservations: number;
  readonly typed: Readonly<Record<'reservations' | 'reason', string>>;
  readonly refusal: Refusal | null;
}

const mostShown = 500;

export function peopleTablePage(
  request: { readonly csv: string; readonly groups: readonly string[] },
  groups: readonly { readonly name: string }[],
  shown: {
    readonly rows: readonly NewPersonView[];
    readonly done: boolean;
    readonly refusal: Refusal | null;
  },
): PeopleTablePage {
  const { rows, done, refusal } = shown;
  const wrong = (row: NewPersonView) => (row.problems.length > 0 ? 0 : row.notes.length > 0 ? 1 : 2);
  const sorted = rows.toSorted((a, b) => wrong(a) - wrong(b));
  const added = rows.filter(({ password }) => password !== undefined);
  return {
    csv: request.csv,
    groups: choices(groups, request.groups),
    // of those who were added each password is shown: nobody sees it again
    rows: done ? sorted : sorted.slice(0, mostShown),
    total: rows.length,
    fine: done ? added.length : rows.filter(({ problems }) => problems.length === 0).length,
    done,
    passwords: added.map(({ name, password }) => `${name},${password}`).join('\n'),
    refusal,
  };
}

export function choices(
  groups: readonly { readonly name: string }[],
  chosen: readonly string[],
): readonly GroupChoice[] {
  return groups.map(({ name }) => ({ name, chosen: chosen.includes(name) }));
}
