/**
 * What an OS module must be: code that prepares the system on a node. It acts through `shell`, a management session on
 * the machine; the core never assumes a POSIX guest. Differences between distributions are probed, not listed.
 * Every function may run twice and throws `ModuleError` (`retry` when the machine does not answer).
 */
import type { AccountFacts } from './facts.ts';
import type { ModuleContext } from './module-context.ts';

export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A management session on the machine (root over SSH with the load's key and pinned host key). */
export interface Shell {
  /** Runs a script with `sh`; the script travels on standard input, so no secret is in argv. Rejects with ModuleError('retry') when unreachable. */
  run(script: string, options?: { timeoutMs?: number }): Promise<ShellResult>;
}

export interface OsContext extends ModuleContext {
  readonly shell: Shell;
}

/** `unknown` is not `no`: time-outs count only what was observed. */
export type Connected = 'yes' | 'no' | 'unknown';

/**
 * In the environment of every shell that the gateway keeps for a reservation: such a shell lives on without a window, so
 * `connected` does not count it. The gateway itself knows who looks at it, and tells them.
 */
export const terminalMark = 'LABRADOR_TERMINAL=1';

/** Machines that are had together, as one of them is to know them. */
export interface MachineGroup {
  /** What this one is called. */
  readonly self: string;
  /** The hardware address of its card in a network of their own; null: none. */
  readonly card: string | null;
  readonly machines: readonly { readonly name: string; readonly role: string; readonly address: string }[];
}

export interface OsModule {
  readonly id: string;
  readonly title: string;
  /**
   * After a load: host name, resolver, time, grown filesystem, random root password, management key, currentimage.txt.
   * What the seed disk did already is only checked.
   */
  prepare(context: OsContext): Promise<void>;
  /** Makes the account, or sets its password and keys when it is there. */
  add_user(context: OsContext, account: AccountFacts): Promise<void>;
  /** Ends its sessions and removes the account with its home. */
  remove_user(context: OsContext, username: string): Promise<void>;
  /**
   * Lets the account in, with these keys: those of an earlier call that are not among them are taken off, those that its person
   * put there stay. Between add_user and open_access nobody can log in with it.
   */
  open_access(context: OsContext, account: AccountFacts): Promise<void>;
  /** Locks the account and ends its sessions. */
  close_access(context: OsContext, username: string): Promise<void>;
  /** Is a login session of that account alive? */
  connected(context: OsContext, username: string): Promise<Connected>;
  /** For how many seconds nothing was typed on any of that account's terminals; null where it has none, or the machine does not say. */
  idle(context: OsContext, username: string): Promise<number | null>;
  /** Shows one sentence on that account's terminals; those of the gateway show it themselves. */
  message(context: OsContext, username: string, sentence: string): Promise<void>;
  /** Removes what a person who never got in may have left: the account, its keys. Failure means the node must be reloaded. */
  sanitize(context: OsContext, username: string): Promise<void>;
  /** Removes keys, ids, logs, histories and accounts, so that the disk can become an image. */
  pre_capture(context: OsContext): Promise<void>;
  /** The last step of a load: writes currentimage.txt (VCL's name and place: root's home), so that node_status can confirm it. */
  post_load(context: OsContext): Promise<void>;
  /** The first line of currentimage.txt, null when it is not there: post_load has not run. */
  current_image(context: OsContext): Promise<string | null>;
  /** The addresses that the card with this hardware address has beyond its own link, IPv4 first; none: none yet. */
  addresses(context: OsContext, mac: string): Promise<readonly string[]>;
  /** From where SSH at this address of the machine is used at this moment, as the machine says it: its root may lie. */
  connections(context: OsContext, address: string): Promise<readonly string[]>;
  /**
   * Tells the machine of those that are had together with it: its card in their network, if it has one, gets its address; all of them
   * are found by name (`/etc/hosts`), and `/etc/labrador/machines` says which is what, a line each: name, role, address.
   */
  meet(context: OsContext, group: MachineGroup): Promise<void>;
  /** Asks the system to restart; returns once it was asked. */
  reboot(context: OsContext): Promise<void>;
  /** Asks the system to switch itself off; returns once it was asked. */
  shutdown(context: OsContext): Promise<void>;
}

/** An OS module bound to one machine. */
export type BoundOs = {
  [Name in keyof OsModule as OsModule[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: OsModule[Name] extends (context: OsContext, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
} & { readonly id: string };
