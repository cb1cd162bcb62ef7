import { eventText } from '../reservations/sentences.ts';

type Facts = Readonly<Record<string, unknown>>;

const said: Readonly<Record<string, (facts: Facts) => string>> = {
  acknowledged: ({ from }) => `Connect was pressed${whence(from)}.`,
  'connect-pressed': ({ from }) => `Connect was pressed again${whence(from)}.`,
  'terminal-opened': ({ from }) => `A terminal was opened${whence(from)}.`,
  'files-opened': ({ from }) => `The files were opened${whence(from)}.`,
  'task.retried': ({ action }) => `The work “${words(action)}” is tried again.`,
  'task.stopped': ({ action }) => `The work “${words(action)}” was stopped.`,
  'node-failed': ({ because }) => `The node is out of order: ${words(because)}`,
  'console-opened': ({ from }) => `Its console was looked at${whence(from)}.`,
  'pool-added': ({ pool }) => `The pool ${words(pool)} was added.`,
  'pool-changed': ({ pool }) => `The pool ${words(pool)} was changed.`,
  'pool-removed': ({ pool }) => `The pool ${words(pool)} was removed.`,
  'pool-tested': ({ pool, checks }) => `The pool ${words(pool)} was tested: ${tally(checks)}.`,
  commissioned: () => 'The node is in service.',
  'image.file-missing': ({ revision, because }) => `${words(revision)} cannot be loaded: ${words(because)}.`,
  'image.file-back': ({ revision }) => `The file of ${words(revision)} is back.`,
  refused: ({ code, image, minutes }) =>
    `${words(image)} for ${Number(minutes)} minutes was refused: ${words(code)}.`,
  'account.signed-in': ({ how }) => `Signed in by ${words(how)}.`,
  'account.created': () => 'An account was added.',
  'account.password-changed': () => 'Changed the password.',
  'account.email-set': () => 'Changed the e-mail address.',
  'announcement.made': () => 'Announced something.',
};

/** One line for administrators: a sentence where there is one, else the kind with its facts. */
export function eventSentence(kind: string, facts: Facts, actor: string | null): string {
  return said[kind]?.(facts) ?? eventText(kind, { ...facts, who: actor ?? 'Somebody' }) ?? plain(kind, facts);
}

function tally(checks: unknown): string {
  const wrong = (checks as { result: string }[]).filter(({ result }) => result === 'wrong').length;
  return wrong === 0 ? 'nothing is wrong' : `wrong is ${wrong} of ${(checks as unknown[]).length}`;
}

function plain(kind: string, facts: Facts): string {
  const listed = Object.entries(facts).map(([name, value]) => `${name} ${words(value)}`);
  const what = kind.replace(/[.-]/g, ' ');
  return `${what.slice(0, 1).toUpperCase()}${what.slice(1)}${listed.length > 0 ? `: ${listed.join(', ')}` : ''}.`;
}

function whence(from: unknown): string {
  return typeof from === 'string' && from !== '' ? ` from ${from.replace(/^::ffff:/, '')}` : '';
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
