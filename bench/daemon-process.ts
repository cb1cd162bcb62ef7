/** The daemon of `bench daemon` in a process of its own, over an installation that is there already; it says what it cost. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { connectDatabase } from '../db/connect.ts';
import { createDaemon } from '../src/daemon/create-daemon.ts';
import { daemonDeps } from '../test/helpers/lab.ts';

export interface DaemonCost {
  /** Most memory it ever had, in MB. */
  readonly memory: number;
  /** Milliseconds between two looks of a timer of 1 ms; 99 of 100 were shorter. */
  readonly delay: number;
  readonly longest: number;
  /** Seconds of processor time. */
  readonly cpu: number;
  readonly statements: number;
  readonly commits: number;
}

const [url = '', directory = ''] = process.argv.slice(2);
const db = connectDatabase(url);
const delays: IntervalHistogram = monitorEventLoopDelay({ resolution: 1 });
const daemon = createDaemon(daemonDeps(db, directory));
const before = process.cpuUsage();
process.on('message', () => process.send?.(cost()));
process.on('SIGTERM', () => void daemon.stop().then(() => process.exit(0)));
delays.enable();
await daemon.start();

function cost(): DaemonCost {
  const { user, system } = process.cpuUsage(before);
  return {
    memory: process.resourceUsage().maxRSS / 1024,
    delay: delays.percentile(99) / 1e6,
    longest: delays.max / 1e6,
    cpu: (user + system) / 1e6,
    ...db.counts,
  };
}
