import { LabError } from '../../domain/errors.ts';

/** A list that the services give as a whole; its cursor is the place in it. */
export function pageOfAll<Item>(
  all: readonly Item[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
    throw new LabError('input.invalid', { fields: { cursor: 'is not a cursor of ours.' } });
  }
  const from = Number(cursor ?? 0);
  const next = from + limit < all.length ? String(from + limit) : null;
  return { items: all.slice(from, from + limit), next };
}
