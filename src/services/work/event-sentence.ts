import { nodeEventText } from '../fleet/node-sentences.ts';
import { eventText } from '../reservations/sentences.ts';

type Facts = Readonly<Record<string, unknown>>;

const said: Readonly<Record<string, (facts: Facts) => string>> = {
  acknowledged: ({ from }) => `Connect was pressed${whence(from)}.`,
  'connect-pressed': ({ from }) => `Connect was pressed again${whence(from)}.`,
  'terminal-opened': ({ from }) => `A terminal was opened${whence(from)}.`,
  'files-opened': ({ from }) => `The files were opened${whence(from)}.`,
  'ssh-seen': ({ from }) => `SSH was used${whence(from)}.`,
  'ssh-told': ({ from }) => `SSH was used${whence(from)}, as the machine says.`,
  'task.retried': ({ action }) => `The work “${words(action)}” is tried again.`,
  'task.stopped': ({ action }) => `The work “${words(action)}” was stopped.`,
  'node-failed': ({ because }) => `The node is out of order: ${words(because)}`,
  'console-opened': ({ from }) => `Its console was looked at${whence(from)}.`,
  'pool-added': ({ pool }) => `The pool ${words(pool)} was added.`,
  'pool-changed': ({ pool }) => `The pool ${words(pool)} was changed.`,
  'pool-removed': ({ pool }) => `The pool ${words(pool)} was removed.`,
  'pool-tested': ({ pool, checks }) => `The pool ${words(pool)} was tested: ${tally(checks)}.`,
  'network-broke': ({ pool, says }) =>
    `Something is wrong with the imaging network of ${words(pool)}: ${words(says)}`,
  'network-mended': ({ pool }) => `The imaging network of ${words(pool)} is in order again.`,
  'prediction.paused': () => 'Loading machines ahead was paused.',
  'prediction.resumed': () => 'Machines are loaded ahead again.',
  'prediction.module': ({ pool, module }) =>
    `The machines of ${words(pool)} are loaded ahead by ${words(module)}.`,
  'prediction.spares': ({ image, spares }) =>
    `${Number(spares)} machines are to hold ${words(image)} always.`,
  'image.deleted': ({ image }) => `The image ${words(image)} was deleted.`,
  'image.restored': ({ image }) => `The image ${words(image)} was restored.`,
  'node-order': (facts) => `${nodeEventText('node-order', facts)}.`,
  discovered: ({ mac, pool }) =>
    `A machine that is no node started from the network of ${words(pool)}: ${words(mac)}.`,
  'discovered-ignored': () => 'A discovered machine is none of ours.',
  'discovered-shown': () => 'A discovered machine may be one of ours after all.',
  'node-commissioned': (facts) => `${nodeEventText('node-commissioned', facts)}.`,
  'inventory-changed': (facts) => `${nodeEventText('inventory-changed', facts)}`,
  commissioned: () => 'The node is in service.',
  'image.file-missing': ({ revision, because }) => `${words(revision)} cannot be loaded: ${words(because)}.`,
  'image.file-back': ({ revision }) => `The file of ${words(revision)} is back.`,
  refused: ({ code, image, minutes }) =>
    `${words(image)} for ${Number(minutes)} minutes was refused: ${words(code)}.`,
  'account.signed-in': ({ how }) => `Signed in by ${words(how)}.`,
  'account.created': () => 'An account was added.',
  'account.password-changed': () => 'Changed the password.',
  'account.email-set': () => 'Changed the e-mail address.',
  'account.token-created': () => 'Made an API token.',
  'account.calendar-address-made': () => 'Made a private calendar address.',
  'account.calendar-address-revoked': () => 'Revoked the private calendar address.',
  'account.token-revoked': () => 'Revoked an API token.',
  'account.key-added': () => 'Added an SSH key.',
  'account.key-removed': () => 'Removed an SSH key.',
  'account.password-set': () => 'Set a password from the command line.',
  'person.added': ({ name }) => `Added the account ${words(name)}.`,
  'person.changed': ({ name, groups }) =>
    `Changed the account ${words(name)}${Array.isArray(groups) ? `: in ${groups.join(', ') || 'no group'}` : ''}.`,
  'person.password-set': ({ name }) => `Gave ${words(name)} a new first password.`,
  'person.disabled': ({ name, reservations, reason }) =>
    `Disabled ${words(name)}${reservations === 'end' ? ' and ended their reservations' : ''}${reason ? `: ${words(reason)}` : '.'}`,
  'person.enabled': ({ name }) => `Let ${words(name)} in again.`,
  'person.removed': ({ name }) => `Removed ${words(name)}.`,
  'group.added': ({ name }) => `Added the group ${words(name)}.`,
  'group.changed': ({ name }) => `Changed the group ${words(name)}.`,
  'group.members-changed': ({ name, added, removed }) =>
    `Changed who is in ${words(name)}:${listed(' added', added)}${listed(' taken out', removed)}.`,
  'group.deleted': ({ name }) => `Deleted the group ${words(name)}.`,
  'course.added': ({ name }) => `Made the group ${words(name)} a course.`,
  'course.changed': ({ name }) => `Changed the course ${words(name)}.`,
  'course.removed': ({ name }) => `${words(name)} is no course any more.`,
  'block.asked': ({ course, seats, dates }) =>
    `Asked for ${Number(seats)} seats on ${Number(dates)} dates for ${words(course)}.`,
  'block.changed': ({ course }) => `Changed the seats of ${words(course)}.`,
  'block.approve': ({ course }) => `Approved the seats of ${words(course)}.`,
  'block.reject': ({ course }) => `Rejected the seats of ${words(course)}.`,
  'block.withdraw': ({ course }) => `Withdrew the seats of ${words(course)}.`,
  'block.approved': ({ course, held }) => `The seats of ${words(course)} are held on ${Number(held)} dates.`,
  'block.rejected': ({ course, because }) => `The seats of ${words(course)} were rejected: ${words(because)}`,
  'block.short': ({ course, because }) =>
    `The seats of ${words(course)} could not be held: ${words(because)}`,
  'class-told': ({ course, text, people }) =>
    `Said to ${Number(people)} in the class ${words(course)}: “${words(text)}”`,
  'class-extended': ({ course, minutes, kept, seats }) =>
    `The class ${words(course)} lasts ${Number(minutes)} minutes longer, with ${Number(kept)} of ${Number(seats)} seats.`,
  'class-extra': ({ course, minutes, dates }) =>
    `Somebody in ${words(course)} keeps their seat ${Number(minutes)} minutes longer, on ${Number(dates)} dates.`,
  'class-ended': ({ course }) => `Ended the class ${words(course)} early.`,
  'class-goes-on': ({ course }) => `The class ${words(course)} goes on after all.`,
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

function listed(what: string, names: unknown): string {
  if (!Array.isArray(names) || names.length === 0) return '';
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${what} ${names.slice(0, 5).join(', ')}${more}`;
}

function whence(from: unknown): string {
  return typeof from === 'string' && from !== '' ? ` from ${from.replace(/^::ffff:/, '')}` : '';
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
