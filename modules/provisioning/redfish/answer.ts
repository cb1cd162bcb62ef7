/**
 * What a Redfish service answers, and the sentences made of its refusals.
 * Source: DMTF DSP0266, "Error responses" and the registry Base; Dell, HPE and AMI add messages of their own.
 */
import { z } from 'zod';
import { BmcError, type BmcFault } from '../shared/bmc/bmc-error.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Null where it said nothing. */
  readonly body: unknown;
}

const message = z.object({ MessageId: z.string().catch(''), Message: z.string().catch('') });
const errorBody = z.object({
  error: z.object({
    message: z.string().catch(''),
    // Some services send the only message without a list around it.
    '@Message.ExtendedInfo': z.union([z.array(message), message.transform((only) => [only])]).catch([]),
  }),
});

const longestQuote = 400;

/** What a refusal says, most telling first. */
interface Refusal {
  readonly ids: readonly string[];
  readonly says: string;
}

function readRefusal(body: unknown): Refusal {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return { ids: [], says: '' };
  const { message: general, '@Message.ExtendedInfo': messages } = parsed.data.error;
  const sentences = messages.map(({ Message }) => Message.trim()).filter((text) => text !== '');
  return {
    ids: messages.map(({ MessageId }) => MessageId),
    says: (sentences.join(' ') || general).slice(0, longestQuote),
  };
}

/** The last part of a message's id, which survives the registry's version: "Base.1.8.ResourceInUse". */
const faultsByMessage: Readonly<Record<string, BmcFault>> = {
  UnauthorizedLoginAttempt: 'auth',
  SessionLimitExceeded: 'busy',
  ResourceInUse: 'busy',
  ServiceTemporarilyUnavailable: 'busy',
  ServiceInUnknownState: 'busy',
  ServiceShuttingDown: 'busy',
  InvalidOperationForSystemState: 'busy', // iLO, while the machine starts
  SYS518: 'busy', // iDRAC: not ready after what it was told before
  RAC0218: 'busy', // iDRAC: no session left
};

const faultsByStatus: Readonly<Record<number, BmcFault>> = {
  401: 'auth',
  409: 'busy',
  429: 'busy',
  500: 'busy',
  502: 'busy',
  503: 'busy',
  504: 'busy',
};

/** The refusal as an error. `doing`: what it was asked, as in "to switch the machine on". */
export function refusal(address: string, doing: string, { status, body }: Answer): BmcError {
  const { ids, says } = readRefusal(body);
  const known = ids.map((id) => faultsByMessage[id.split('.').at(-1) ?? '']).find((fault) => fault);
  const fault = known ?? faultsByStatus[status] ?? 'unsupported';
  const because = says === '' ? `HTTP ${status}` : `${says.replace(/\.$/, '')} (HTTP ${status})`;
  const verb = status === 403 ? 'does not let this account; give it the role Administrator' : verbs[fault];
  return new BmcError(fault, `The BMC at ${address} was asked ${doing} and ${verb}: ${because}.`, {
    facts: { status, messages: ids },
  });
}

const verbs: Readonly<Record<BmcFault, string>> = {
  auth: 'does not know this account',
  busy: 'asks for patience',
  unreachable: 'did not answer',
  unsupported: 'refused',
  nonsense: 'said what is no answer',
};

/** True where the answer is that its state forbids it now, as an iDRAC says for a minute after the power went. */
export function isConflict(error: unknown): boolean {
  return error instanceof BmcError && error.facts.status === 409;
}

/** It spoke, but not Redfish. */
export function noRedfish(address: string, what: string, cause?: unknown): BmcError {
  const sentence = `What answers at ${address} is no Redfish service: ${what}. Check the address of this machine's BMC.`;
  return new BmcError('nonsense', sentence, { cause });
}
