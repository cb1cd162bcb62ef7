/**
 * One Redfish service: its session, and one exchange at a time. A session is made at the first question, used for all that
 * follow, made anew once where the service has forgotten it, and ended when nobody asked for a while: a BMC has few.
 * Source: DMTF DSP0266, "Protocol details" and "Session management".
 */
import { z } from 'zod';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import type { RedfishAccess, RedfishPatience } from './access.ts';
import { type Answer, noRedfish, refusal } from './answer.ts';
import { ownPath, pathOf, type Question, RedfishLine } from './line.ts';
import { type ServiceRoot, serviceRoot } from './schemas.ts';

/** How requests prove who sends them. `path`: of the session, to end it; null where there is none. */
interface Session {
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string | null;
}

const doing = 'for a session';
const rootPath = '/redfish/v1/';

export class RedfishClient {
  readonly address: string;
  readonly access: RedfishAccess;
  readonly patience: RedfishPatience;
  readonly #line: RedfishLine;
  #root: Promise<ServiceRoot> | null = null;
  #session: Promise<Session> | null = null;

  constructor(access: RedfishAccess, patience: RedfishPatience) {
    this.access = access;
    this.patience = patience;
    this.#line = new RedfishLine(access, patience);
    this.address = this.#line.address;
  }

  /** Of the certificate it showed first, or is pinned to; null before it was reached. */
  get fingerprint(): string | null {
    return this.#line.fingerprint;
  }

  /** What the service says of itself to anybody. Read once. */
  root(signal: AbortSignal): Promise<ServiceRoot> {
    this.#root ??= this.#readRoot(signal).catch((error) => {
      this.#root = null;
      throw error;
    });
    return this.#root;
  }

  /** True where requests carry the password, because the service has no sessions. */
  async knowsSessions(signal: AbortSignal): Promise<boolean> {
    return (await this.root(signal)).Links?.Sessions !== undefined;
  }

  /** Asks, and answers whatever it answered, refusals too, save that it does not know us: that is `auth`. */
  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const opened = this.#signedIn(signal);
    const session = await opened;
    const answer = await this.#line.exchange(question, session.headers, signal);
    if (answer.status !== 401) return answer;
    if (session.path === null) throw this.#refused({ status: 401 });
    // It was restarted, or tired of waiting: whose session it was it does not know any more.
    if (this.#session === opened) this.#session = null;
    const again = await this.#line.exchange(question, (await this.#signedIn(signal)).headers, signal);
    if (again.status === 401) throw this.#refused({ status: 401 });
    return again;
  }

  /** The same, where a refusal is an error. */
  async demand(question: Question, signal: AbortSignal): Promise<Answer> {
    const answer = await this.ask(question, signal);
    if (answer.status >= 300) throw refusal(this.address, question.doing, answer);
    return answer;
  }

  /** Reads a resource as `schema` says; `nonsense` where it is otherwise. */
  async read<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const { body } = await this.demand({ method: 'GET', path, doing: `for ${path}` }, signal);
    return this.parse(body, path, schema);
  }

  parse<Schema extends z.ZodType>(body: unknown, path: string, schema: Schema): z.output<Schema> {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const says = `${path} of the BMC at ${this.address} is not as Redfish says`;
    throw new BmcError('nonsense', `${says}: ${z.prettifyError(parsed.error)}.`);
  }

  /** Ends the session, if there is one. What goes wrong is nobody's trouble: the service ends it in time. */
  async end(): Promise<void> {
    const open = this.#session;
    this.#session = null;
    const session = await open?.catch(() => null);
    if (!session?.path) return;
    const signal = AbortSignal.timeout(this.patience.answerMs);
    const question = { method: 'DELETE', path: session.path, doing: 'to end a session' } as const;
    await this.#line.exchange(question, session.headers, signal).catch(() => undefined);
  }

  async #readRoot(signal: AbortSignal): Promise<ServiceRoot> {
    const question = { method: 'GET', path: rootPath, doing: 'what it is' } as const;
    const { status, body } = await this.#line.exchange(question, {}, signal);
    const parsed = serviceRoot.safeParse(body);
    if (status >= 500) throw refusal(this.address, question.doing, { status, body, headers: {} });
    if (status < 300 && parsed.success) return parsed.data;
    throw noRedfish(this.address, `${rootPath} there answers HTTP ${status} without a RedfishVersion`);
  }

  #signedIn(signal: AbortSignal): Promise<Session> {
    this.#session ??= this.#signIn(signal).catch((error) => {
      this.#session = null;
      throw error;
    });
    return this.#session;
  }

  async #signIn(signal: AbortSignal): Promise<Session> {
    const sessions = (await this.root(signal)).Links?.Sessions?.['@odata.id'];
    if (sessions === undefined) return this.#withoutSession();
    const { username: UserName, password: Password } = this.access;
    const question = { method: 'POST', path: sessions, body: { UserName, Password }, doing } as const;
    const answer = await this.#line.exchange(question, {}, signal);
    if (answer.status < 300) return this.#sessionIn(answer);
    const { fault, facts } = refusal(this.address, doing, answer);
    // Others have all of its sessions, or those do that nobody ended.
    if (fault === 'busy') return this.#withoutSession();
    if (fault === 'auth' || [400, 403].includes(answer.status)) throw this.#refused(facts);
    throw noRedfish(this.address, `it answers HTTP ${answer.status} where it says that sessions are made`);
  }

  #sessionIn({ headers, body }: Answer): Session {
    const token = headers['x-auth-token'];
    const path = typeof headers.location === 'string' ? headers.location : ownPath(body);
    if (typeof token === 'string' && path !== undefined)
      return { headers: { 'x-auth-token': token }, path: pathOf(path) };
    throw noRedfish(this.address, 'it made a session and does not say which');
  }

  #withoutSession(): Session {
    const { username, password } = this.access;
    const coded = Buffer.from(`${username}:${password}`).toString('base64');
    return { headers: { authorization: `Basic ${coded}` }, path: null };
  }

  /** Never quotes the service: it may say what it was sent. */
  #refused(facts: Readonly<Record<string, unknown>>): BmcError {
    const who = JSON.stringify(this.access.username);
    const sentence = `The BMC at ${this.address} refuses the name ${who} or its password. It is not asked again: correct them.`;
    return new BmcError('auth', sentence, { facts });
  }
}
