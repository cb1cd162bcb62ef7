/** What requests of every kind are made of. */

/** What makes a request that is sent again happen once. */
export interface Once {
  /** Of the person's own choice; good for 24 hours, and for the same request only (`idempotency.other-body`). */
  readonly idempotencyKey?: string | undefined;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A part of a list that people sort and turn the pages of. */
export interface ListRequest<Sort extends string> {
  readonly sort: Sort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}
