/** What administrators are answered. Times are epoch milliseconds. */
import type { TargetType, TaskAction } from '../domain/contracts/task.ts';
import type { Listing, StateCount } from './views.ts';

export type TaskState = 'running' | 'queued' | 'failed' | 'done';

export interface TaskView {
  readonly id: number;
  readonly parentId: number | null;
  readonly action: TaskAction;
  readonly targetType: TargetType;
  readonly targetId: number;
  readonly state: TaskState;
  /** What came of it, what it waits for, or why it failed; in words. */
  readonly result: string | null;
  readonly attempt: number;
  readonly createdAt: number;
  /** When a waiting one runs. */
  readonly runAfter: number;
  readonly endedAt: number | null;
  /** Who works on it. */
  readonly holder: string | null;
  readonly place: string | null;
  readonly node: { readonly id: number; readonly name: string } | null;
  readonly reservation: { readonly id: number; readonly user: string } | null;
  /** Somebody pressed Stop and it has not ended yet. */
  readonly stopping: boolean;
  readonly can: { readonly retry: boolean; readonly stop: boolean };
}

export interface TasksView extends Listing<TaskView> {
  readonly states: readonly StateCount<TaskState>[];
}

export interface TaskDetailView extends TaskView {
  /** What stopping it means, or why it cannot be stopped. */
  readonly stop: string;
  /** All of its tree, the oldest ancestor first and each before its children. */
  readonly tree: readonly (TaskView & { readonly depth: number })[];
  /** What the tree told, oldest first. */
  readonly log: readonly EventView[];
}

export interface EventView {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  /** One sentence. */
  readonly text: string;
  readonly actor: { readonly id: number; readonly name: string } | null;
  readonly reservationId: number | null;
  readonly node: { readonly id: number; readonly name: string } | null;
  readonly taskId: number | null;
  /** When it is removed; null: it stays. */
  readonly keptUntil: number | null;
}

/** Somebody's time with a node. */
export interface SpellView {
  readonly reservationId: number;
  readonly user: {
    readonly id: number;
    readonly name: string;
    readonly displayName: string;
    readonly email: string | null;
  };
  readonly image: string;
  readonly imageName: string;
  /** Null when the node is gone. */
  readonly node: string | null;
  readonly nodeId: number | null;
  /** Where their way in was, `host:port`; null when it was never opened. */
  readonly address: string | null;
  readonly from: number;
  /** Null: they still have it. */
  readonly until: number | null;
  /** Logins of others who have had an account on it: it is a server. */
  readonly others: readonly string[];
  readonly cameFrom: readonly WhenceView[];
}

/** An address that somebody came from, and what they did there first. */
export interface WhenceView {
  readonly address: string;
  /** `ssh`: seen by this computer; `ssh-told`: said by the machine, whose root may lie. */
  readonly how: 'connect' | 'terminal' | 'files' | 'ssh' | 'ssh-told';
  readonly at: number;
  /** The login of somebody else; null: its person, or nobody knows who. */
  readonly by: string | null;
}

/** Something that was searched for. */
export interface HitView {
  readonly kind: 'node' | 'person' | 'image' | 'reservation';
  readonly id: number;
  readonly name: string;
  readonly detail: string;
}

interface Count {
  readonly name: string;
  readonly value: number;
}

export interface MetricsView {
  readonly nodes: readonly Count[];
  /** Live ones. */
  readonly reservations: readonly Count[];
  readonly tasks: readonly Count[];
  readonly refused: readonly Count[];
  /** Seconds to ready. */
  readonly loads: readonly {
    readonly image: string;
    readonly pool: string;
    readonly p50: number;
    readonly p95: number;
  }[];
}
