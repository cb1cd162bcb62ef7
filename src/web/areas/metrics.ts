/** `/metrics` in Prometheus' text format, for administrators and for programs of this computer itself. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Request, Response } from 'express';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { MetricsView } from '../../services/administration-views.ts';
import type { Route } from '../route.ts';
import { visitOf } from '../visit.ts';
import type { Web } from '../web.ts';

export const metricsRoutes: readonly Route[] = [
  // it lets in itself: a collector on this computer has no account
  { method: 'get', path: '/metrics', who: 'open', handle: getMetrics },
];

const delay = monitorEventLoopDelay({ resolution: 20 });
delay.enable();

async function getMetrics(web: Web, req: Request, res: Response): Promise<void> {
  const { me } = visitOf(res);
  if (me === null && !isHere(req)) throw new LabError('sign-in.required');
  if (me !== null && !may(me, 'task.read')) throw new LabError('not-allowed');
  const text = metricsText(await web.services.metrics(), web.times.lines('labrador_http_seconds'));
  res.type('text/plain; version=0.0.4; charset=utf-8').send(text);
}

/** Asked by this computer itself: nobody whom a proxy here speaks for. */
function isHere(req: Request): boolean {
  const { forwarded, 'x-forwarded-for': forwardedFor } = req.headers;
  const from = req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';
  return (from === '::1' || from.startsWith('127.')) && forwarded === undefined && forwardedFor === undefined;
}

function metricsText(found: MetricsView, http: readonly string[]): string {
  const states = (name: string, label: string, all: MetricsView['nodes']) =>
    all.map((one) => `${name}{${label}="${escaped(one.name)}"} ${one.value}`);
  const loads = found.loads.flatMap(({ image, pool, p50, p95 }) => {
    const labels = `image="${escaped(image)}",pool="${escaped(pool)}"`;
    return [
      `labrador_load_seconds{${labels},quantile="0.5"} ${p50}`,
      `labrador_load_seconds{${labels},quantile="0.95"} ${p95}`,
    ];
  });
  const loop = [50, 99].map(
    (share) => `labrador_event_loop_delay_seconds{quantile="0.${share}"} ${delay.percentile(share) / 1e9}`,
  );
  const parts: [name: string, type: string, help: string, lines: readonly string[]][] = [
    ['labrador_nodes', 'gauge', 'Nodes by state.', states('labrador_nodes', 'state', found.nodes)],
    [
      ...(['labrador_reservations', 'gauge', 'Live reservations by state.'] as const),
      states('labrador_reservations', 'state', found.reservations),
    ],
    ['labrador_tasks', 'gauge', 'Tasks by state.', states('labrador_tasks', 'state', found.tasks)],
    [
      ...(['labrador_refused_total', 'counter', 'Bookings that were refused, by reason.'] as const),
      states('labrador_refused_total', 'reason', found.refused),
    ],
    ['labrador_load_seconds', 'gauge', 'Seconds until a machine was ready, of the last ones.', loads],
    ['labrador_event_loop_delay_seconds', 'gauge', 'Delay of the event loop of this process.', loop],
    ['labrador_http_seconds', 'histogram', 'Seconds until an answer, of this process.', http],
  ];
  const lines = parts.flatMap(([name, type, help, all]) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...all,
  ]);
  return `${lines.join('\n')}\n`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));
}
