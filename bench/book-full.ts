import type { Agent } from 'node:http';
import { day, hour } from '../src/domain/time.ts';
import { counts, round, sendOnce, serveBookings } from './book.ts';
import { type Figure, share } from './figure.ts';

const nodes = 10_000;
const bookings = 1_000_000;
const perRound = 500;
/** Booked before anything is measured: what the engine compiles while it runs is ready then, as on a site that has run for a minute. */
const before = 2_000;
const clients = 12;

/** Booking and asking through HTTP on ten thousand nodes: with a million reservations beside an empty calendar. */
export async function bookFull(): Promise<Figure[]> {
  const empty = await measured('an empty calendar', 0);
  const full = await measured('a million reservations', bookings);
  const ratio = full.cpu / empty.cpu;
  const against = 'the goal: at most 1.3';
  return [
    ...empty.figures,
    ...full.figures,
    { name: 'a booking beside the empty one, CPU', value: ratio, unit: 'x', against },
  ];
}

async function measured(name: string, live: number): Promise<{ figures: Figure[]; cpu: number }> {
  const { server, port, tokens } = await serveBookings(before + perRound, nodes, live);
  try {
    await round(port, tokens.slice(perRound), clients);
    const from = await counts(server);
    const booked = await round(port, tokens.slice(0, perRound), clients);
    const cpu = ((await counts(server)).cpu - from.cpu) / perRound;
    const asked = await round(port, tokens.slice(0, perRound), 1, askOnce);
    const figures = [
      {
        name: `${name}: bookings per second`,
        value: perRound / booked.seconds,
        unit: '/s',
        against: 'the goal: 500',
      },
      {
        name: `${name}: one of them, p95`,
        value: share(booked.times, 0.95),
        unit: 'ms',
        against: 'the goal: 50',
      },
      { name: `${name}: server's CPU per booking`, value: cpu, unit: 'ms' },
      {
        name: `${name}: a verdict, p95`,
        value: share(asked.times, 0.95),
        unit: 'ms',
        against: 'the goal: 20',
      },
    ];
    return { figures, cpu };
  } finally {
    server.kill();
  }
}

/** For an hour of the next days. */
function askOnce(agent: Agent, port: number, token: string): Promise<number> {
  const start = Math.floor(Date.now() / day + 1) * day + Math.floor(Math.random() * 120) * hour;
  const query = `image=simulated&minutes=60&start=${encodeURIComponent(new Date(start).toISOString())}`;
  return sendOnce({ agent, port, path: `/api/v1/availability?${query}`, method: 'GET' }, token);
}
