/** Who may ask: by a session's token, or by name and password with each request. Source: DSP0266 "Security details". */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { sha256 } from '../../../lib/secrets.ts';
import { RedfishProblem } from './problem.ts';

export interface Account {
  readonly username: string;
  readonly password: string;
}

interface Session {
  readonly id: string;
  readonly tokenHash: string;
  usedAt: number;
}

/** Of a BMC, on purpose: few, and gone when nobody uses them. */
const mostSessions = 8;
export const sessionSeconds = 1800;

export class Sessions {
  readonly #account: Account;
  readonly #open = new Map<string, Session>();
  #made = 0;

  constructor(account: Account) {
    this.#account = account;
  }

  ids(): string[] {
    this.#forgetOld();
    return [...this.#open.keys()];
  }

  /** Opens one. The token is told this once. */
  open(username: unknown, password: unknown): { readonly id: string; readonly token: string } {
    if (!this.#isAccount(username, password))
      throw new RedfishProblem('ResourceAtUriUnauthorized', 'The name or the password is wrong.');
    this.#forgetOld();
    if (this.#open.size >= mostSessions)
      throw new RedfishProblem('SessionLimitExceeded', `There are ${mostSessions} sessions already.`);
    const id = String(++this.#made);
    const token = randomBytes(24).toString('hex');
    this.#open.set(id, { id, tokenHash: sha256(token), usedAt: performance.now() });
    return { id, token };
  }

  /** False where there is none of that id. */
  end(id: string): boolean {
    return this.#open.delete(id);
  }

  /** Throws where the request is nobody's. */
  admit(request: Request): void {
    const token = request.get('x-auth-token');
    if (token === undefined ? this.#hasPassword(request.get('authorization')) : this.#hasToken(token)) return;
    throw new RedfishProblem('NoValidSession', 'There is no valid session with this request.');
  }

  #hasToken(token: string): boolean {
    this.#forgetOld();
    const hash = sha256(token);
    const session = [...this.#open.values()].find(({ tokenHash }) => isEqual(tokenHash, hash));
    if (session) session.usedAt = performance.now();
    return session !== undefined;
  }

  #hasPassword(header: string | undefined): boolean {
    const [, coded] = /^Basic (.+)$/i.exec(header ?? '') ?? [];
    const [name, ...rest] = Buffer.from(coded ?? '', 'base64')
      .toString()
      .split(':');
    return this.#isAccount(name, rest.join(':'));
  }

  #isAccount(username: unknown, password: unknown): boolean {
    const given = sha256(JSON.stringify([username, password]));
    return isEqual(given, sha256(JSON.stringify([this.#account.username, this.#account.password])));
  }

  #forgetOld(): void {
    const oldest = performance.now() - sessionSeconds * 1000;
    for (const { id, usedAt } of this.#open.values()) if (usedAt < oldest) this.#open.delete(id);
  }
}

function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
