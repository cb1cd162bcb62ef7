import { type FailureKind, ModuleError } from '../../../../src/domain/errors.ts';

/**
 * What can be wrong with a BMC:
 * - `auth`: it is there and refused the name or the password. Never tried again: many lock the account after a few;
 * - `unreachable`: nothing that speaks its protocol answered in time;
 * - `busy`: it asked for patience (node busy, no session left, still starting);
 * - `unsupported`: it knows the protocol but not this function, or refused it;
 * - `nonsense`: it answered what is no answer, or said yes and did nothing.
 */
export type BmcFault = 'auth' | 'unreachable' | 'busy' | 'unsupported' | 'nonsense';

const kinds = {
  auth: 'node_broken',
  unreachable: 'node_broken',
  busy: 'retry',
  unsupported: 'unsupported',
  nonsense: 'node_broken',
} as const satisfies Record<BmcFault, FailureKind>;

/** What everything here throws. The sentence names the BMC, what was expected, and what to do; it never holds a secret. */
export class BmcError extends ModuleError {
  readonly fault: BmcFault;
  constructor(
    fault: BmcFault,
    message: string,
    options: { cause?: unknown; facts?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(kinds[fault], message, options);
    this.name = 'BmcError';
    this.fault = fault;
  }
}
