/** What goes over the wire to one service: a question, its answer, and what is wrong where there is none. Source: DSP0266. */
import { z } from 'zod';
import {
  askPinned,
  OtherCertificateError,
  type PinnedAnswer,
  type PinnedRequest,
} from '../../../src/lib/pinned-https.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import type { RedfishAccess, RedfishPatience } from './access.ts';
import { type Answer, noRedfish } from './answer.ts';

export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What it is asked, for sentences: "to switch the machine on". */
  readonly doing: string;
}

const moved = new Set([301, 302, 307, 308]);
const mostMoves = 2;

export class RedfishLine {
  readonly address: string;
  readonly #access: RedfishAccess;
  readonly #patience: RedfishPatience;
  #fingerprint: string | null;

  constructor(access: RedfishAccess, patience: RedfishPatience) {
    this.#access = access;
    this.#patience = patience;
    this.address = addressOf(access);
    this.#fingerprint = access.fingerprint;
  }

  /** Of the certificate it showed first, or is pinned to; null before it was reached. */
  get fingerprint(): string | null {
    return this.#fingerprint;
  }

  /** Asks, and answers whatever was answered. `identity`: the headers that say who asks. */
  async exchange(
    { method, path, body, headers = {} }: Question,
    identity: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const kind = body === undefined ? {} : { 'content-type': 'application/json' };
    for (let at = path, moves = 0; ; moves++) {
      const { host, port } = this.#access;
      const answer = await this.#reach({
        ...{ host, port: port ?? 443, method, path: at, ...sent, signal },
        headers: { accept: 'application/json', 'odata-version': '4.0', ...kind, ...identity, ...headers },
      });
      const { status, headers: said } = answer;
      if (!moved.has(status) || said.location === undefined || moves === mostMoves)
        return { status, headers: said, body: this.#json(answer) };
      at = pathOf(said.location);
    }
  }

  async #reach(asked: Omit<PinnedRequest, 'fingerprint' | 'timeoutMs'>): Promise<PinnedAnswer> {
    try {
      const pinned = { fingerprint: this.#fingerprint, timeoutMs: this.#patience.answerMs };
      const answer = await askPinned({ ...asked, ...pinned });
      this.#fingerprint = answer.fingerprint;
      return answer;
    } catch (cause) {
      throw asked.signal.aborted ? asked.signal.reason : this.#notReached(cause);
    }
  }

  #notReached(cause: unknown): BmcError {
    const why = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof OtherCertificateError) {
      const mend = 'If its certificate was renewed, let the old one be forgotten.';
      return new BmcError('nonsense', `The BMC at ${this.address} is not who it was: ${why}. ${mend}`, {
        cause,
      });
    }
    return new BmcError('unreachable', `The BMC at ${this.address} does not answer: ${why}.`, { cause });
  }

  #json({ status, body }: PinnedAnswer): unknown {
    if (body.trim() === '') return null;
    try {
      return JSON.parse(body);
    } catch (cause) {
      if (status >= 300) return null;
      throw noRedfish(this.address, 'its answer is not JSON', cause);
    }
  }
}

/** For sentences: "10.0.0.7", "127.0.0.1:8443". */
export function addressOf({ host, port }: RedfishAccess): string {
  return port === null ? host : `${host}:${port}`;
}

/** Of what is given as a path or as a whole address: only the path counts, the service stays the same. */
export function pathOf(location: string): string {
  const { pathname, search } = new URL(location, 'https://bmc');
  return pathname + search;
}

/** Where a resource says that it is. */
export function ownPath(body: unknown): string | undefined {
  return z.object({ '@odata.id': z.string() }).safeParse(body).data?.['@odata.id'];
}
