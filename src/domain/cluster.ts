/** Several machines that are had together: what they are called, and what may be asked for. */
import { counted } from './counted.ts';

/** What the machine of the image itself is called by the others; its role, too. */
export const mainName = 'main';

/** So many machines beside the image's own. */
export const mostMembers = 15;

/** Machines of one role that come with an image. */
export interface Members {
  /** A host name; of several machines each has a number after it. */
  readonly role: string;
  /** The image's name. */
  readonly image: string;
  /** How many of them. */
  readonly machines: number;
}

/** What each of them is called: `db`, or `worker1`, `worker2`. */
export function memberNames({ role, machines }: Pick<Members, 'role' | 'machines'>): string[] {
  return machines === 1 ? [role] : Array.from({ length: machines }, (_, index) => `${role}${index + 1}`);
}

const roleShape = /^[a-z][a-z0-9-]{0,18}[a-z0-9]$|^[a-z]$/;

/** What is wrong with the machines that shall come with the image `own`, in a sentence; null: nothing. */
export function membersFault(members: readonly Members[], own: string): string | null {
  const total = members.reduce((sum, { machines }) => sum + machines, 0);
  for (const { role, image, machines } of members) {
    if (!roleShape.test(role))
      return `"${role.slice(0, 40)}" is no role: lower-case letters, digits and hyphens, a letter first, at most 20.`;
    if (image === own) return 'An image cannot contain itself.';
    if (!Number.isInteger(machines) || machines < 1)
      return `${role}: a whole number of machines, at least 1.`;
  }
  if (total > mostMembers) return `At most ${counted(mostMembers, 'machine')} beside its own.`;
  const names = ['localhost', mainName, ...members.flatMap(memberNames)];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return twice === undefined ? null : `Two machines would be called ${twice}.`;
}

/** A machine's address in the network of its reservation, which has 24 bits of network: alike in each, for they never meet. */
export function networkAddress(member: number): string {
  return `10.213.0.${member + 1}`;
}
