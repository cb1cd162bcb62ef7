import type { Reader } from '../../../../db/transaction.ts';
import type { AttentionItem } from '../../views.ts';

/** One kind of what needs a person: which rows they are, and what is said of each. */
export interface AttentionKind {
  /** From FROM on: one row for each item. */
  readonly rows: string;
  readonly bindings?: (now: number) => number[];
  list(reader: Reader): Promise<AttentionItem[]>;
}
