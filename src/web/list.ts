/**
 * Lists whose filter, sorting and page stand in the address: a link shows the same list, and *Back* goes back in it.
 * `?state=failed&sort=-name&page=2`, and `format=csv` for the same rows as a file.
 */
import type { ListRequest } from '../services/services.ts';

export interface ListKind<Sort extends string, Filter extends string> {
  readonly path: string;
  /** What it may be sorted by. */
  readonly sorts: readonly Sort[];
  /** When the address says nothing; a minus before it: descending. */
  readonly sort: Sort | `-${Sort}`;
  /** Names of its filters. */
  readonly filters: readonly Filter[];
  readonly perPage?: number;
}

export interface AskedList<Sort extends string, Filter extends string> extends ListRequest<Sort> {
  /** What was typed, trimmed; empty where a filter is not used. */
  readonly filter: Readonly<Record<Filter, string>>;
  readonly csv: boolean;
}

/** What a view needs: `partials/sort-head` and `partials/pager` draw it. */
export interface ListFrame<Sort extends string = string, Filter extends string = string> {
  readonly heads: Readonly<Record<Sort, ListHead>>;
  readonly filter: Readonly<Record<Filter, string>>;
  /** Something is filtered away: an empty list is then no empty house. */
  readonly filtered: boolean;
  /** For a filter's form (`method="get"`): what else stands in the address. */
  readonly kept: readonly { readonly name: string; readonly value: string }[];
  /** Numbers of the rows shown, from 1; 0 of 0 when there is none. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly before: string | null;
  readonly next: string | null;
  /** The last page, where this one lies behind it: rows may have gone since the address was made. */
  readonly pastEnd: string | null;
  readonly csv: string;
}

export interface ListHead {
  readonly href: string;
  readonly sorted: 'ascending' | 'descending' | null;
}

/** At most so many rows in a file. */
const mostInFile = 100_000;
const mostCharacters = 100;

/** Reads an address. What it does not know is left out, never refused: addresses are kept for long. */
export function askedList<Sort extends string, Filter extends string>(
  kind: ListKind<Sort, Filter>,
  query: unknown,
): AskedList<Sort, Filter> {
  const given = (query ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === 'string' ? given[name].trim() : '');
  const wanted = text('sort') || kind.sort;
  const known = kind.sorts.find((sort) => sort === wanted.replace(/^-/, ''));
  const sort = known ?? (kind.sort.replace(/^-/, '') as Sort);
  const limit = kind.perPage ?? 100;
  const page = /^[1-9]\d{0,5}$/.test(text('page')) ? Number(text('page')) : 1;
  const csv = text('format') === 'csv';
  return {
    sort,
    descending: (known === undefined ? kind.sort : wanted).startsWith('-'),
    offset: csv ? 0 : (page - 1) * limit,
    limit: csv ? mostInFile : limit,
    filter: Object.fromEntries(
      kind.filters.map((name) => [name, text(name).slice(0, mostCharacters)]),
    ) as Record<Filter, string>,
    csv,
  };
}

/** The links of a list that was asked for, of which there are `total` rows. */
export function listFrame<Sort extends string, Filter extends string>(
  kind: ListKind<Sort, Filter>,
  asked: AskedList<Sort, Filter>,
  total: number,
): ListFrame<Sort, Filter> {
  const { offset, limit, filter } = asked;
  const page = offset / limit + 1;
  const now = { ...filter, sort: sortWord(asked.sort, asked.descending) };
  const to = (over: Readonly<Record<string, string>>) => addressOf(kind, { ...now, ...over });
  const heads = kind.sorts.map((sort): [Sort, ListHead] => {
    const here = sort === asked.sort;
    const sorted = here ? (asked.descending ? 'descending' : 'ascending') : null;
    return [sort, { href: to({ sort: sortWord(sort, sorted === 'ascending') }), sorted }];
  });
  const before =
    page > 1 ? to({ page: String(Math.min(page - 1, Math.max(1, Math.ceil(total / limit)))) }) : null;
  return {
    heads: Object.fromEntries(heads) as Record<Sort, ListHead>,
    filter,
    filtered: Object.values(filter).some((value) => value !== ''),
    kept: now.sort === kind.sort ? [] : [{ name: 'sort', value: now.sort }],
    from: Math.min(offset + 1, total),
    to: Math.min(offset + limit, total),
    total,
    before,
    next: offset + limit < total ? to({ page: String(page + 1) }) : null,
    pastEnd: total > 0 && offset >= total ? before : null,
    csv: to({ format: 'csv' }),
  };
}

function sortWord(sort: string, descending: boolean): string {
  return `${descending ? '-' : ''}${sort}`;
}

/** The address with what differs from the usual. */
export function addressOf(
  { path, sort }: Pick<ListKind<string, string>, 'path' | 'sort'>,
  values: Readonly<Record<string, string>>,
): string {
  const said = Object.entries(values).filter(
    ([name, value]) =>
      value !== '' && !(name === 'sort' && value === sort) && !(name === 'page' && value === '1'),
  );
  const query = new URLSearchParams(said).toString();
  return query === '' ? path : `${path}?${query}`;
}
