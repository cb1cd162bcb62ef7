/** What the gateway asks of its daemon, and what it offers: functions and settings only, so that it knows no database. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../../domain/contracts/facts.ts';
import type { ModuleLog } from '../../domain/contracts/module-context.ts';

export type TicketPurpose = 'terminal' | 'console' | 'files';

export interface TicketHolder {
  readonly userId: number;
  /** 0: of no reservation. */
  readonly reservationId: number;
  /** Which of the reservation's machines, where several are had together; absent: its own. */
  readonly member?: number | undefined;
  /** Of a console that an administrator looks at: whoever has the node. */
  readonly nodeId?: number | undefined;
}

/** How the gateway signs in to a machine as the reservation's person. */
export interface PersonAccess {
  readonly endpoint: Endpoint;
  readonly username: string;
  readonly password: string;
  /** `ssh-ed25519 AAAA...`; no other host key is taken. */
  readonly hostKeys: readonly string[];
}

export interface GatewaySettings {
  /** Lines of output a shell is kept with. */
  readonly terminalLines: number;
  /** Most bytes of output a shell is kept with. */
  readonly terminalBytes: number;
  /** A window that is so many bytes behind is dropped; its page connects again. */
  readonly windowBytes: number;
  /** Seconds an unreachable machine is waited for before its shell is given up. */
  readonly reattachSeconds: number;
  /** Largest file that can be sent to a machine, in bytes. */
  readonly uploadBytes: number;
  /** Seconds a file may make no progress. */
  readonly transferIdleSeconds: number;
  /** Seconds that files still under way get at shutdown. */
  readonly drainSeconds: number;
  /** Ports the web proxy connects to. */
  readonly proxyPorts: readonly number[];
  /** Connections one machine may have through the web proxy at once. */
  readonly proxyConnections: number;
  /** Seconds after which a silent connection of the web proxy is closed. */
  readonly proxyIdleSeconds: number;
  /** The operator's own proxy, `http://[user:password@]host:port` or https; null for none. What it lets through is its own affair. */
  readonly upstreamProxy: string | null;
  /** More addresses or networks (`192.0.2.7`, `2001:db8::/32`) that machines never reach: the pools' public addresses. */
  readonly forbiddenAddresses: readonly string[];
}

export const defaultGatewaySettings: GatewaySettings = {
  terminalLines: 5_000,
  terminalBytes: 2 * 1024 * 1024,
  windowBytes: 4 * 1024 * 1024,
  reattachSeconds: 900,
  uploadBytes: 4 * 1024 * 1024 * 1024,
  transferIdleSeconds: 120,
  drainSeconds: 10,
  proxyPorts: [80, 443],
  proxyConnections: 64,
  proxyIdleSeconds: 300,
  upstreamProxy: null,
  forbiddenAddresses: [],
};

/** Facts for the log about whose machine a web proxy serves; never secret. */
export type ProxyGuest = Readonly<Record<string, string | number>>;

export interface GatewayDeps {
  /** Uses a ticket up; null when it is none, was used, is too old or is for another purpose. */
  redeemTicket(ticket: string, purpose: TicketPurpose): Promise<TicketHolder | null>;
  /** Null while the person may not or cannot get in; `off` until it is started; `ended` when they never will again. */
  accessOf(of: TicketHolder): Promise<PersonAccess | 'ended' | 'off' | null>;
  /** The file that the console of the reservation's machine, or of the node, is written to. Null while there is none. */
  consoleOf(
    of: Pick<TicketHolder, 'reservationId' | 'nodeId' | 'member'>,
  ): Promise<{ readonly logFile: string } | null>;
  /** Committed before a terminal or the files are opened, and every minute while a window is open. Rejects to refuse. */
  opened(of: TicketHolder): Promise<void>;
  /** The site's address, `https://labs.example.org`; null when only the Host header tells. */
  readonly publicUrl: string | null;
  readonly log: ModuleLog;
  readonly settings: GatewaySettings;
  /** May machines reach this address through the web proxy? Public addresses only, unless given. */
  readonly mayReach?: (address: string) => boolean;
  /** Addresses of a host name, for the web proxy. The domain name system's, unless given. */
  readonly resolveName?: (name: string) => Promise<readonly string[]>;
}

export interface Gateway {
  /** Answers what is addressed to the gateway (`/gateway/...`); false when it is not. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same for WebSockets. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** `yes` while a window is attached: a kept shell without one does not count. */
  terminalsOf(reservationId: number): 'yes' | 'no';
  /** Ends the shell, the console windows and the files under way of a reservation; its windows are told why. */
  closeTerminals(reservationId: number, reason: string): void;
  /** Who has a shell, a console window or files under way here. */
  people(): number[];
  /** Ends all of that of one person, who is told why. */
  closePerson(userId: number, reason: string): void;
  /** Shows a sentence in the reservation's terminal windows. */
  say(reservationId: number, sentence: string): void;
  /** The web for one machine, on a unix socket of its own. Replaces what listens there. Rejects when it cannot listen. */
  listenProxy(socketPath: string, guest: ProxyGuest): Promise<void>;
  closeProxy(socketPath: string): Promise<void>;
  /** Takes nothing new, lets files under way finish for a while, then closes everything. */
  close(): Promise<void>;
}
