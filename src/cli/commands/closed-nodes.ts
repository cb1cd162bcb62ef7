/** What the commands of schedules and of maintenance share. */
import type { Command } from 'commander';
import { makeClock } from '../../web/clock.ts';
import { CommandError } from '../failure.ts';

export interface Shown {
  readonly json?: true;
}

export interface Which {
  readonly all?: true;
  readonly pools?: readonly string[];
  readonly racks?: readonly string[];
  readonly nodes?: readonly string[];
}

export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function adder(group: Command) {
  return (name: string, what: string) =>
    group.command(name).description(what).option('--json', 'as the API answers');
}

export function choosing(command: Command): Command {
  return command
    .option('--all', 'all nodes')
    .option('--pools <names...>', 'the nodes of these pools')
    .option('--racks <names...>', 'the nodes in these racks')
    .option('--nodes <names...>', 'these nodes');
}

export function chosen({ all, pools, racks, nodes }: Which) {
  if (all) return { kind: 'all', named: [] };
  if (pools) return { kind: 'pool', named: pools };
  if (racks) return { kind: 'rack', named: racks };
  if (nodes) return { kind: 'nodes', named: nodes };
  throw new CommandError('Say which nodes: --all, --pools, --racks or --nodes.');
}

export interface Staying {
  readonly reservationId: number;
  readonly node: string;
  readonly user: string;
  readonly email: string | null;
  readonly start: string;
}

export function stayingLines(stays: readonly Staying[]): string[] {
  if (stays.length === 0) return [];
  return [
    'Bookings that stay, and whom to tell:',
    ...stays.map(
      (one) => `  ${one.reservationId}  ${one.node}  ${when(one.start)}  ${one.user} ${one.email ?? ''}`,
    ),
  ];
}

export const when = (iso: string) => makeClock(null).when(Date.parse(iso)).text;
