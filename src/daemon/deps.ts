import type { Database } from '../../db/connect.ts';
import type { ModuleLog } from '../domain/contracts/module-context.ts';
import type { Connected, OsModule } from '../domain/contracts/os.ts';
import type { PredictiveModule } from '../domain/contracts/predictive.ts';
import type { ProvisioningModule } from '../domain/contracts/provisioning.ts';
import type { StateModule } from '../domain/contracts/state.ts';
import type { TaskAction } from '../domain/contracts/task.ts';
import type { Mail } from '../lib/mail.ts';
import type { ServiceDeps } from '../services/deps.ts';

/** The terminals of the gateway, as state modules need them. */
export interface Terminals {
  terminalsOf(reservationId: number): Promise<Connected>;
  closeTerminals(reservationId: number, reason: string): Promise<void>;
  say(reservationId: number, sentence: string): Promise<void>;
}

/** Sends one mail; throws ModuleError('retry') when the mail server cannot be reached now. */
export interface Mailer {
  /** The site's address, for the links in mails; no slash at its end. */
  readonly site: string;
  /** The sender's address, who invites people to their bookings. */
  readonly from: string;
  send(mail: Mail): Promise<void>;
}

/** Where to, and what the site is called and found at. */
export interface AlertSettings {
  readonly webhook: string | null;
  readonly mail: string | null;
  readonly siteName: string;
  readonly site: string;
}

/** What a daemon is made from; `cli` alone puts it together. */
export interface DaemonDeps extends ServiceDeps {
  readonly db: Database;
  readonly provisioning: Readonly<Record<string, ProvisioningModule>>;
  readonly os: Readonly<Record<string, OsModule>>;
  readonly states: Readonly<Record<TaskAction, StateModule>>;
  readonly predictive: Readonly<Record<string, PredictiveModule>>;
  /** The installation's id: every artefact is named with it. */
  readonly installation: string;
  /** The place it serves, and its directory. */
  readonly placeId: number;
  readonly dataDirectory: string;
  /** Drawn fresh at each start; the lock's name before a colon, so that a successor knows its predecessors. */
  readonly holder: string;
  /** Boots at the same time on this host: one per core. */
  readonly bootSlots: number;
  readonly terminals: Terminals;
  /** The web for one machine, on a socket of its own (the gateway's proxy). */
  openProxy(socketPath: string, guest: Readonly<Record<string, string | number>>): Promise<void>;
  readonly mailer: Mailer | null;
  /** Whom to tell what needs a person; absent or null: whoever looks at the page. */
  readonly alerts?: AlertSettings | null;
  readonly log: ModuleLog;
  /** How long a claim holds when it is not renewed, in milliseconds; 15 s unless a test cannot wait so long. */
  readonly leaseMilliseconds?: number;
  /** Crash tests stop the process here; called after every step of every task. */
  readonly afterStep?: (step: string) => void;
}
