/** Every sentence a person can be told. A code without a sentence does not compile. */
export const userMessages = {
  'sign-in.required': 'Please sign in.',
  'sign-in.wrong': 'That name and password do not match.',
  'sign-in.slow-down': 'Too many attempts from here. Please wait a moment and try again.',
  'sign-in.link-used': 'This sign-in link was used already or is older than 10 minutes. Please sign in.',
  'account.disabled': 'Your account is disabled. Please ask an administrator.',
  'form.stale': 'This page was open for too long. Nothing was changed; please try again.',
  'input.invalid': 'Some of what was sent is not valid.',
  'input.too-large': 'What was sent is too large.',
  'input.not-json': 'The body must be JSON (Content-Type: application/json).',
  'not-found': 'There is nothing here, or it is not yours.',
  'method.other': 'This address does not take that kind of request. Nothing was done.',
  'not-allowed': 'Your account may not do this.',
  'reservation.no-machine': 'No machine for this environment is free in that time.',
  'reservation.no-machine-ever': 'There is no machine that can run this environment.',
  'reservation.together': 'This environment is several machines that are had together.',
  'reservation.class-window': 'The machines for this environment are kept for a class in that time.',
  'reservation.maintenance': 'The machines for this environment are in maintenance in that time.',
  'reservation.closed': 'The machines for this environment are closed in that time.',
  'reservation.out-of-order': 'The machines for this environment are out of order.',
  'reservation.limit-overlap': 'You already have as many reservations at that time as your group allows.',
  'reservation.limit-upcoming':
    'You already have as many reservations that have not begun as your group allows.',
  'reservation.limit-length': 'That is longer than your group or this environment allows.',
  'reservation.limit-horizon': 'That lies further ahead than your group may book.',
  'reservation.limit-budget': 'That takes more hours than you have left for this course.',
  'reservation.image-limit': 'This environment is in use as often as it may be at once.',
  'reservation.state-changed': 'The reservation has changed in the meantime. Nothing was done.',
  'reservation.not-ready': 'The machine is not ready yet.',
  'reservation.not-connected': 'Press Connect first: it opens the way to the machine.',
  'reservation.extend-blocked': 'The machine is promised to somebody else after that.',
  'reservation.extend-limit': 'That is longer than you may keep it.',
  'reservation.begun':
    'Its machine is being made ready, or it has begun: it can be extended, shortened or ended, and nothing else of it can be changed.',
  'reservation.shorten-limit': 'So much of it cannot be given back.',
  'reservation.no-console': 'This machine has no console to look at.',
  'reservation.not-captured': 'There is no machine for this that could be saved as an image.',
  'reservation.simulated': 'This machine is simulated: there is nothing to connect to.',
  'offer.over': 'This offer is over. Your place in the line is shown on Home, if you have one.',
  'waiting.already': 'You wait for this environment already.',
  'waiting.free': 'It can be had: there is nothing to wait for.',
  'image.unknown': 'There is no such environment.',
  'image.not-ready': 'This environment has no revision that can be loaded yet.',
  'image.refused': 'This file cannot be used as an image.',
  'image.revision-unfit': 'This revision cannot be loaded: it is not ready, is suspended or was deleted.',
  'image.revision-production': 'This is the production revision: make another one production first.',
  'image.revision-in-use': 'Somebody uses this revision.',
  'image.in-use': 'Somebody uses this image.',
  'image.gone': 'It cannot be restored any more: its file is being removed, or has been.',
  'backup.refused': 'This file cannot be restored here.',
  'node.held': 'Somebody has this node.',
  'node.state': 'The node is not in a state for that.',
  'maintenance.over': 'This maintenance window is over. Plan another one.',
  'pool.in-use': 'The pool has nodes: remove them first.',
  'person.last-administrator': 'Nobody else is an administrator who can sign in: make somebody one first.',
  'person.yourself': 'That would lock you out. Another administrator can do it.',
  'person.live': 'They have reservations.',
  'person.removed': 'This person was removed. Bring them back first.',
  'group.in-use': 'Something hangs on this group.',
  'block.state': 'Somebody has decided about it in the meantime.',
  'block.closed': 'Its seats cannot be taken yet.',
  'block.full': 'Every seat of this class is taken.',
  'block.short': 'There are not enough machines for one of its dates. Nothing was changed.',
  'task.ended': 'This work has ended already.',
  'task.no-stop': 'This work cannot be stopped.',
  'task.no-retry': 'There is nothing to try again: it runs, or it is done.',
  'calendar.unknown':
    'There is no calendar at this address. Whose it is finds the right one under “My calendar”.',
  'calendar.revoked':
    'This calendar address was revoked. Whose it is can make a new one under “My calendar”; please remove this one.',
  'calendar.slow-down': 'This calendar is asked for too often. Once in a few minutes is enough.',
  'changed-meanwhile':
    'Somebody else changed this in the meantime. Nothing of yours was saved; look at what it is now.',
  'name.taken': 'That name is taken.',
  'idempotency.other-body': 'This Idempotency-Key was used before with another body.',
  busy: 'The system is busy. Nothing was changed; please try again.',
  'disk.full':
    'The disk of the server is full. Nothing was changed; please try again when somebody has made room.',
  'place.disarmed':
    'This installation is disarmed and touches no machine until an administrator runs "labrador arm".',
  defect: 'Something went wrong on our side. Nothing you did caused it.',
} as const satisfies Record<string, string>;
export type ErrorCode = keyof typeof userMessages;

/** Field name to sentence: what is wrong and what is expected. */
export type FieldErrors = Readonly<Record<string, string>>;

export interface LabErrorOptions {
  readonly cause?: unknown;
  /** For the log only; never secret. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly fields?: FieldErrors;
  /** A sentence that says more than the table's, made from facts that the person may know. */
  readonly detail?: string;
  /** What could be done instead; shown as buttons, and as `alternatives` in the API. */
  readonly alternatives?: readonly Alternative[];
}

/** What is booked instead (a time, a length, an image), or the page where one can go on. */
export const alternativeKinds = [
  ...(['start', 'minutes', 'image', 'end-other', 'wait'] as const),
  ...(['find-a-time', 'environments', 'reservations', 'help'] as const),
] as const;

/** One thing that would work instead of what was refused. Times are epoch milliseconds. */
export interface Alternative {
  readonly kind: (typeof alternativeKinds)[number];
  readonly label: string;
  readonly start?: number;
  readonly minutes?: number;
  readonly image?: string;
  readonly reservationId?: number;
}

/** An error with a sentence for people. HTTP statuses are mapped at the edge, never here. */
export class LabError extends Error {
  readonly code: ErrorCode;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly fields: FieldErrors;
  readonly alternatives: readonly Alternative[];
  constructor(code: ErrorCode, options: LabErrorOptions = {}) {
    super(options.detail ?? userMessages[code], { cause: options.cause });
    this.name = 'LabError';
    this.code = code;
    this.facts = options.facts ?? {};
    this.fields = options.fields ?? {};
    this.alternatives = options.alternatives ?? [];
  }
}

/** One wrong field: the commonest bad input. */
export function invalid(field: string, sentence: string): LabError {
  return new LabError('input.invalid', { fields: { [field]: sentence }, detail: `${field}: ${sentence}` });
}

/**
 * How a module says that it could not do what it was asked (design, section 4):
 * - `retry`: temporary (busy, time-out): back off with jitter, nobody is told;
 * - `node_broken`: this node is unfit; the reservation goes to another;
 * - `unsatisfiable`: can never work with this configuration;
 * - `refused`: it would have destroyed or touched what is not ours;
 * - `conflict`: exists, version or name taken;
 * - `unsupported`: the capability is absent; say so, do not retry;
 * - `failed`: this attempt failed, an administrator may need to look.
 */
export type FailureKind =
  | 'retry'
  | 'node_broken'
  | 'unsatisfiable'
  | 'refused'
  | 'conflict'
  | 'unsupported'
  | 'failed';

/** What modules throw. The message is a sentence for people and never holds a secret. */
export class ModuleError extends Error {
  readonly kind: FailureKind;
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(
    kind: FailureKind,
    message: string,
    options: { cause?: unknown; facts?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ModuleError';
    this.kind = kind;
    this.facts = options.facts ?? {};
  }
}
