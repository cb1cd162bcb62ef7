/** `npm run bench -- NAME [--json]`: runs one benchmark and prints its figures. Nothing here asserts anything. */
import { blocks } from './blocks.ts';
import { bmcs } from './bmcs.ts';
import { book } from './book.ts';
import { bookFull } from './book-full.ts';
import { capture } from './capture.ts';
import { claims } from './claims.ts';
import { daemon } from './daemon.ts';
import type { Figure } from './figure.ts';
import { growth } from './growth.ts';
import { metal } from './metal.ts';
import { metalAtOnce } from './metal-at-once.ts';
import { metalCapture } from './metal-capture.ts';
import { pages } from './pages.ts';
import { predict } from './predict.ts';
import { ready } from './ready.ts';
import { search } from './search.ts';
import { semester } from './semester.ts';
import { terminal } from './terminal.ts';
import { timeline } from './timeline.ts';

/** One benchmark: figures by name, with what they are compared to. */
type Benchmark = () => Promise<readonly Figure[]>;

const benchmarks: Readonly<Record<string, Benchmark>> = {
  blocks,
  bmcs,
  book,
  'book-full': bookFull,
  capture,
  claims,
  daemon,
  growth,
  metal,
  'metal-at-once': metalAtOnce,
  'metal-capture': metalCapture,
  pages,
  predict,
  ready,
  search,
  semester,
  terminal,
  timeline,
};

const [name, ...rest] = process.argv.slice(2);
const benchmark = benchmarks[name ?? ''];
if (!benchmark) {
  console.error(
    `Say which: ${Object.keys(benchmarks).join(', ')}. For example: npm run bench -- book --json`,
  );
  process.exit(2);
}
const figures = await benchmark();
if (rest.includes('--json')) console.log(JSON.stringify({ benchmark: name, figures }, null, 2));
else for (const figure of figures) console.log(line(figure));
process.exit(0);

function line({ name: what, value, unit, against }: Figure): string {
  const figure = `${what.padEnd(44)} ${value.toFixed(value < 10 ? 2 : 1).padStart(9)} ${unit}`;
  return against ? `${figure.padEnd(72)} (${against})` : figure;
}
