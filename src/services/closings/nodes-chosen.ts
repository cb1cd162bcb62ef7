import { marks } from '../../../db/marks.ts';
import { belongs, type NodesKind } from '../../../db/repositories/maintenance.ts';
import type { Reader } from '../../../db/transaction.ts';
import { invalid } from '../../domain/errors.ts';
import type { NodesChosen } from '../closing-services.ts';

/** As it is kept: ids of pools and nodes, names of racks. */
export interface Chosen {
  readonly nodes_kind: NodesKind;
  readonly nodes_named: string;
}

const most = 10_000;

/** Throws LabError (field `nodes`) for what is not there. */
export async function chosen(reader: Reader, { kind, named }: NodesChosen): Promise<Chosen> {
  const names = [...new Set(named.map((name) => name.trim()).filter((name) => name !== ''))];
  if (kind === 'all') return { nodes_kind: 'all', nodes_named: '[]' };
  if (names.length === 0) throw invalid('nodes', 'Say which.');
  if (names.length > most) throw invalid('nodes', 'Too many by name: choose pools, racks or all.');
  const found = await known(reader, kind, names);
  const missing = names.find((name) => !found.has(name));
  if (missing !== undefined) throw invalid('nodes', `There is no ${what[kind]} “${missing.slice(0, 60)}”.`);
  return { nodes_kind: kind, nodes_named: JSON.stringify(names.map((name) => found.get(name))) };
}

const what = { pool: 'pool', rack: 'rack with nodes in it called', nodes: 'node' } as const;

async function known(reader: Reader, kind: 'pool' | 'rack' | 'nodes', names: readonly string[]) {
  const these = marks(names);
  const sql = {
    pool: `SELECT name, id AS kept FROM pools WHERE name IN (${these})`,
    rack: `SELECT DISTINCT rack AS name, rack AS kept FROM nodes WHERE rack IN (${these})`,
    nodes: `SELECT name, id AS kept FROM nodes WHERE name IN (${these})`,
  }[kind];
  const rows = await reader.rows<{ name: string; kept: string | number }>(sql, names);
  return new Map(rows.map((row) => [row.name, row.kept]));
}

/** By name again; what is gone is left out. */
export async function named(reader: Reader, row: Chosen): Promise<NodesChosen> {
  const kept = JSON.parse(row.nodes_named) as (string | number)[];
  if (row.nodes_kind === 'all' || row.nodes_kind === 'rack' || kept.length === 0)
    return { kind: row.nodes_kind, named: kept.map(String) };
  const table = row.nodes_kind === 'pool' ? 'pools' : 'nodes';
  const rows = await reader.rows<{ name: string }>(
    `SELECT name FROM ${table} WHERE id IN (${marks(kept)}) ORDER BY id`,
    kept,
  );
  return { kind: row.nodes_kind, named: rows.map(({ name }) => name) };
}

export async function nodesOf(reader: Reader, row: Chosen): Promise<{ id: number; name: string }[]> {
  const { sql, bindings } = belongs(row);
  return reader.rows(`SELECT n.id, n.name FROM nodes n WHERE ${sql} ORDER BY n.name`, bindings);
}
