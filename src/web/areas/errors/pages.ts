import { type LabError, userMessages } from '../../../domain/errors.ts';
import { wayTo } from '../../way-to.ts';

export interface ErrorPage {
  readonly title: string;
  readonly sentence: string;
  readonly fields: readonly string[];
  readonly alternatives: readonly { readonly label: string; readonly href: string }[];
  /** To be told to an administrator, who finds it in the log; null when nobody has to look. */
  readonly request: string | null;
  readonly way: { readonly href: string; readonly label: string };
}

export interface Failure {
  readonly error: LabError;
  readonly status: number;
  readonly request: string;
}

const titles: Readonly<Record<number, string>> = {
  403: 'Not for this account',
  404: 'Not here',
  405: 'Not in this way',
  409: 'That cannot be done now',
  410: 'No longer valid',
  413: 'Too large',
  415: 'Not understood',
  422: 'Not valid',
  429: 'A moment, please',
  503: 'Not available now',
};

export function errorPage({ error, status, request }: Failure, signedIn: boolean): ErrorPage {
  return {
    title: titles[status] ?? 'Something went wrong',
    sentence: error.code === 'input.invalid' ? userMessages['input.invalid'] : error.message,
    fields: Object.entries(error.fields).map(([field, sentence]) => `${field}: ${sentence}`),
    alternatives: error.alternatives.flatMap((one) => {
      const href = wayTo(one) ?? (one.image && `/reserve?image=${encodeURIComponent(one.image)}`);
      return href ? [{ label: one.label, href }] : [];
    }),
    request: status >= 500 ? request : null,
    way: signedIn ? { href: '/', label: 'Go to Home' } : { href: '/sign-in', label: 'Sign in' },
  };
}

/** A form that was open for too long: shown with what was typed and a fresh token, to be sent again. Nothing was done. */
export interface StalePage {
  readonly action: string;
  readonly typed: readonly { readonly name: string; readonly value: string }[];
}

/** Never written into a page again, not even into their own person's. */
const secret = /password|^old$|csrf|^once$/i;

export function stalePage(action: string, body: unknown): StalePage {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>).filter(
    ([name]) => !secret.test(name),
  );
  const typed = entries.flatMap(([name, value]) =>
    [value].flat().map((one) => ({ name, value: String(one) })),
  );
  return { action, typed };
}
