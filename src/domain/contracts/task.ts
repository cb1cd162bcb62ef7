/** A durable unit of work for the daemon, as state modules and services name it (design, section 4). */
const taskActions = [
  'new',
  'reserved',
  'inuse',
  'deleted',
  'timeout',
  'reload',
  'reinstall',
  'reboot',
  'image',
  'checkpoint',
  'makeproduction',
  'purge',
  'power',
  'commission',
  'inspect',
  'tomaintenance',
  'reconcile',
  'heal',
  'discover',
  'watchbmcs',
  'watchnetworks',
  'notify',
  'invite',
  'audit',
  'closings',
  'waitlist',
  'checkpool',
  'approveblock',
  'seat',
  'classes',
  'preload',
] as const;
export type TaskAction = (typeof taskActions)[number];
export type TargetType =
  | 'reservation'
  | 'allocation'
  | 'node'
  | 'place'
  | 'notice'
  | 'revision'
  | 'pool'
  | 'block';

export interface TaskFacts {
  readonly id: number;
  readonly action: TaskAction;
  readonly targetType: TargetType;
  readonly targetId: number;
  readonly args: Readonly<Record<string, unknown>>;
  /** 1 for the first run; grows with every retry after a failure, not with every wake-up. */
  readonly attempt: number;
  readonly createdAt: number;
  readonly deadline: number | null;
}

export interface NewTask {
  readonly action: TaskAction;
  readonly targetType: TargetType;
  readonly targetId: number;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Epoch ms; absent = now. */
  readonly runAfter?: number;
  /** The task that wants it done. */
  readonly parentId?: number;
}
