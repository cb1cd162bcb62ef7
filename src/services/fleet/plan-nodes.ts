import { bmcsInUse } from '../../../db/queries/node-hardware.ts';
import type { NewHardware } from '../../../db/repositories/node-hardware.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { addressAfter, macAfter, macOfText, mostNewNodes, namesOf } from '../../domain/node-pattern.ts';
import { placeOf, whyNoPlace } from '../../domain/rack-place.ts';
import { readCsv } from '../../lib/read-csv.ts';
import type { ServiceDeps } from '../deps.ts';
import type { NewNodesRequest } from '../services.ts';
import type { NewNodeView, SignedIn } from '../views.ts';
import { imagesFor } from './inspect-node.ts';
import { bmcKey, hardwareColumns, readHardware } from './plan-hardware.ts';

const nameRule = /^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/i;
const columns = [
  'name',
  'mac',
  'cpus',
  'memoryMb',
  'diskMb',
  'image',
  'rack',
  'unit',
  ...hardwareColumns,
] as const;

/** A row as it was typed. */
type Typed = Partial<Record<(typeof columns)[number], string>> & {
  readonly line: number;
  readonly tooMany?: boolean;
};

/** One that would be added, with what is in no answer: its BMC's password as it was typed. */
export interface PlannedNode {
  readonly row: NewNodeView;
  readonly hardware: NewHardware | null;
}

/**
 * Every node that would be added, and what is wrong with each; `again`: those that the pool has by now are not wrong, and have
 * their id. Throws LabError for what is wrong with all of them.
 */
export async function planNodes(
  deps: ServiceDeps,
  me: SignedIn,
  request: NewNodesRequest,
  again = false,
): Promise<PlannedNode[]> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  const typed = request.csv?.trim() ? fromCsv(request.csv) : fromPattern(request);
  return reading(deps.db, async (reader) => {
    const pool = await poolOf(reader, request.pool);
    const module = deps.descriptors[pool.module];
    const images = await imagesFor(reader, module?.formats ?? []);
    const there = again ? await idsIn(reader, pool.id, typed) : new Map<string, number>();
    const taken = await takenIn(reader, there);
    const seen = { names: new Map(), macs: new Map(), bmcs: new Map() };
    const against = { images, taken, seen, bareMetal: module?.bareMetal === true };
    return typed.map((row, index) => {
      const judged = judge(following(row, request, index), request, against);
      const id = judged.row.problems.length === 0 ? there.get(judged.row.name) : undefined;
      return id === undefined ? judged : { ...judged, row: { ...judged.row, id } };
    });
  });
}

async function poolOf(
  reader: Reader,
  name: string,
): Promise<{ id: number; place_id: number; module: string }> {
  const [pool] = await reader.rows<{ id: number; place_id: number; module: string }>(
    'SELECT id, place_id, module FROM pools WHERE name = ?',
    [name],
  );
  if (!pool) throw invalid('pool', 'There is no such pool.');
  return pool;
}

function fromPattern({ pattern = '', mac = '', from, to }: NewNodesRequest): Typed[] {
  if (pattern === '') throw invalid('pattern', 'Write names, such as lab[01-40], or paste a table.');
  const names = namesOf(pattern, from, to);
  const first = mac === '' ? null : macOfText(mac);
  if (mac !== '' && first === null) throw invalid('mac', 'must be an address such as 52:54:00:12:34:01.');
  return names.map((name, index) => {
    const own = first === null ? null : macAfter(first, index);
    return { line: index + 1, name, ...(own === null ? {} : { mac: own }) };
  });
}

function fromCsv(text: string): Typed[] {
  const {
    rows: [head, ...rows],
    unclosed,
  } = readCsv(text);
  if (unclosed !== null)
    throw invalid('csv', `A quotation mark is opened in line ${unclosed} and never closed.`);
  const names = columnsIn(head?.cells ?? []);
  if (rows.length > mostNewNodes)
    throw invalid('csv', `These are ${rows.length} rows: at most ${mostNewNodes} at once.`);
  return rows.map(({ line, cells }) => ({
    line,
    tooMany: cells.slice(names.length).some((cell) => cell !== ''),
    ...Object.fromEntries(
      names.flatMap((name, index) => (name && cells[index] ? [[name, cells[index]]] : [])),
    ),
  }));
}

/** The columns that the first line names. Throws LabError for one that is not known, named twice, or missing. */
function columnsIn(typed: readonly string[]): (typeof columns)[number][] {
  const cells = typed.slice(0, typed.findLastIndex((cell) => cell !== '') + 1);
  const known = `name, and if wanted ${columns.slice(1).join(', ')}`;
  const names = cells.map((cell) => columns.find((name) => name.toLowerCase() === cell.toLowerCase()));
  if (!names.includes('name')) throw invalid('csv', `The first line must name the columns: ${known}.`);
  const at = names.findIndex((name, index) => name === undefined || names.indexOf(name) !== index);
  if (at < 0) return names.filter((name) => name !== undefined);
  const cell = JSON.stringify((cells[at] ?? '').slice(0, 60));
  const twice = names[at] !== undefined;
  throw invalid(
    'csv',
    twice ? `The column ${cell} is named twice.` : `There is no column ${cell}: ${known}.`,
  );
}

/** The row with what the request says for all of them, as it is for this one. */
function following(row: Typed, { hardware = {} }: NewNodesRequest, index: number): Typed {
  const said = Object.fromEntries(
    Object.entries(hardware).flatMap(([field, text]) => {
      if (!text) return [];
      const follows = field === 'bmcHost' || field === 'address';
      return [[field, follows ? (addressAfter(text, index, row.name ?? '') ?? '') : text]];
    }),
  );
  return { ...said, ...row };
}

interface Taken {
  readonly names: ReadonlySet<string>;
  readonly macs: ReadonlyMap<string, string>;
  readonly bmcs: ReadonlyMap<string, string>;
}

/** What a row is held against. */
interface Against {
  readonly images: readonly string[];
  readonly taken: Taken;
  /** The line in which each stood before. */
  readonly seen: Readonly<Record<'names' | 'macs' | 'bmcs', Map<string, number>>>;
  readonly bareMetal: boolean;
}

/** Of those typed here, by name, that the pool has by now. */
async function idsIn(reader: Reader, poolId: number, typed: readonly Typed[]): Promise<Map<string, number>> {
  const rows = await reader.rows<{ id: number; name: string }>(
    'SELECT id, name FROM nodes WHERE pool_id = ?',
    [poolId],
  );
  const wanted = new Set(typed.map(({ name }) => name));
  return new Map(rows.filter(({ name }) => wanted.has(name)).map(({ id, name }) => [name, id]));
}

async function takenIn(reader: Reader, except: ReadonlyMap<string, number>): Promise<Taken> {
  const all = await reader.rows<{ name: string; mac: string }>('SELECT name, mac FROM nodes');
  const rows = all.filter(({ name }) => !except.has(name));
  const bmcs = (await bmcsInUse(reader)).filter(({ name }) => !except.has(name));
  return {
    names: new Set(rows.map(({ name }) => name.toLowerCase())),
    macs: new Map(rows.map(({ name, mac }) => [mac, name])),
    bmcs: new Map(bmcs.map(({ name, ...bmc }) => [bmcKey(bmc), name])),
  };
}

function judge(row: Typed, usual: NewNodesRequest, against: Against): PlannedNode {
  const { images, taken, seen } = against;
  const problems: string[] = [];
  const { line, name = '' } = row;
  const same = name.toLowerCase();
  if (!nameRule.test(name))
    problems.push(
      name === '' ? 'The name is missing.' : 'A name has letters, digits and hyphens, at most 60.',
    );
  if (taken.names.has(same)) problems.push('The name is taken.');
  if (name !== '' && seen.names.has(same))
    problems.push(`The name stands in line ${seen.names.get(same)} too.`);
  else seen.names.set(same, line);
  const mac = row.mac === undefined ? null : macOfText(row.mac);
  if (row.mac !== undefined && mac === null) problems.push('The address is none of a network card.');
  if (mac !== null && taken.macs.has(mac)) problems.push(`The address is that of ${taken.macs.get(mac)}.`);
  if (mac !== null && seen.macs.has(mac))
    problems.push(`The address stands in line ${seen.macs.get(mac)} too.`);
  else if (mac !== null) seen.macs.set(mac, line);
  const size = (field: 'cpus' | 'memoryMb' | 'diskMb', least: number, largest: number) => {
    const value = row[field] === undefined ? usual[field] : Number(row[field]);
    if (!Number.isInteger(value) || value < least || value > largest)
      problems.push(`${field} must be a whole number from ${least} to ${largest}.`);
    return Number.isFinite(value) ? value : 0;
  };
  if (row.tooMany) problems.push('It has more values than there are columns.');
  const image = row.image ?? usual.image;
  if (!images.includes(image))
    problems.push(`There is no image ${JSON.stringify(image.slice(0, 60))} that this pool can load.`);
  const sizes = {
    cpus: size('cpus', 1, 1024),
    memoryMb: size('memoryMb', 64, 16_777_216),
    diskMb: size('diskMb', 64, 67_108_864),
  };
  const hardware = judgeHardware(row, against, problems);
  const bmc = hardware && (hardware.bmcHost === '' ? null : bmcKey(hardware));
  const place = placeOf(row);
  const nowhere = whyNoPlace(place);
  if (nowhere !== null) problems.push(nowhere);
  return { row: { line, name, mac, image, ...sizes, bmc, ...place, problems }, hardware };
}

function judgeHardware(
  row: Typed,
  { taken, seen, bareMetal }: Against,
  problems: string[],
): NewHardware | null {
  if (!bareMetal) {
    if (hardwareColumns.some((column) => column !== 'firmware' && row[column] !== undefined))
      problems.push('This pool makes its machines itself: they have no BMC, and no address that is entered.');
    return null;
  }
  if (row.mac === undefined)
    problems.push(
      'The address of its network card is missing: a real machine is known by it when it starts.',
    );
  const hardware = readHardware(row, (_field, sentence) => problems.push(sentence));
  if (hardware.bmcPassword === '') problems.push('The password for its BMC is missing.');
  const key = bmcKey(hardware);
  if (taken.bmcs.has(key)) problems.push(`The BMC is that of ${taken.bmcs.get(key)}.`);
  if (seen.bmcs.has(key)) problems.push(`The BMC stands in line ${seen.bmcs.get(key)} too.`);
  else if (hardware.bmcHost !== '') seen.bmcs.set(key, row.line);
  return hardware;
}
