/**
 * A whole simulated semester through the real services and a real daemon, its clock jumping from one thing that happens to the next.
 * `SEMESTER='{"weeks":2,"predictive":"level_1"}'` makes it another: see `SemesterSize`.
 */
import { semesterScript, wholeSemester } from '../src/cli/semester/script.ts';
import type { SemesterSize } from '../src/cli/semester/script-parts.ts';
import { playSemester } from '../test/helpers/play-semester.ts';
import type { Figure } from './figure.ts';

export async function semester(): Promise<Figure[]> {
  const asked = JSON.parse(process.env.SEMESTER ?? '{}') as Partial<SemesterSize>;
  const size = { ...wholeSemester, ...asked };
  const began = performance.now();
  const { report, took, jumps } = await playSemester(semesterScript(size), (now) => {
    const seconds = Math.round((performance.now() - began) / 1000);
    console.error(`${new Date(now).toISOString().slice(0, 10)} after ${seconds} s`);
  });
  const { seats, atOnce, inLine, prediction, loads, came } = report;
  for (const one of [...report.stuck, ...report.books]) console.error(one);
  const share = (part: number, all: number) => (all === 0 ? 100 : (part / all) * 100);
  return [
    {
      name: 'class seats ready when it began',
      value: share(seats.ready, seats.all),
      unit: '%',
      against: `of ${seats.all}`,
    },
    {
      name: 'wait for a machine at once, P50',
      value: atOnce.p50,
      unit: 's',
      against: `${atOnce.people} people`,
    },
    { name: 'wait for a machine at once, P95', value: atOnce.p95, unit: 's' },
    { name: 'wait in the line, P50', value: inLine.p50, unit: 's', against: `${inLine.people} people` },
    { name: 'wait in the line, P95', value: inLine.p95, unit: 's' },
    {
      name: 'found their image loaded',
      value: share(prediction.found, prediction.all),
      unit: '%',
      against: `of ${prediction.all}`,
    },
    {
      name: 'machines that nobody had',
      value: report.idle * 100,
      unit: '%',
      against: `${size.nodes} machines, ${size.weeks} weeks`,
    },
    { name: 'loads', value: loads.all, unit: '', against: `${loads.failed} failed` },
    { name: 'tasks given up', value: report.givenUp, unit: '' },
    { name: 'stuck at the end', value: report.stuck.length, unit: '', against: 'none' },
    { name: 'differences in the books', value: report.books.length, unit: '', against: 'none' },
    ...Object.entries(came).map(([name, value]) => ({ name: `people: ${name}`, value, unit: '' })),
    { name: 'jumps of the clock', value: jumps, unit: '' },
    { name: 'it took', value: took, unit: 's' },
  ];
}
