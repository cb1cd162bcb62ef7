import { invalid } from '../domain/errors.ts';

/** An opaque, URL-safe cursor for "after this row". */
export function cursorOf(last: { readonly id: number } | undefined): string | null {
  return last ? Buffer.from(`id:${last.id}`).toString('base64url') : null;
}

/** The id in a cursor of ours; undefined without one. Throws LabError naming the field. */
export function idOfCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const id = /^id:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (id === undefined) throw invalid('cursor', 'Pass the `next` of an earlier answer.');
  return Number(id);
}

/** An opaque cursor for "after these numbers". */
export function cursorAt(...place: readonly number[]): string {
  return Buffer.from(`at:${place.join(':')}`).toString('base64url');
}

/** The two numbers in a cursor of ours; zeros without one. Throws LabError naming the field. */
export function placeOfCursor(cursor: string | undefined): readonly [number, number] {
  if (cursor === undefined) return [0, 0];
  const found = /^at:(\d{1,15}):(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (found === null) throw invalid('cursor', 'Pass the `next` of an earlier answer.');
  return [Number(found[1]), Number(found[2])];
}
