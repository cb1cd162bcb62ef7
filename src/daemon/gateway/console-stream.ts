/** What a machine writes to its serial console, read only: from the file it is kept in, so that any number may look. */
import type { GatewayDeps, TicketHolder } from './contract.ts';
import { followFile } from './follow-file.ts';
import type { TerminalWindow } from './terminal-window.ts';

const backlogBytes = 256 * 1024;
/** A reservation may be moved to another machine: nobody looks on at the one it left. */
const recheckMs = 2_000;
const clear = Buffer.from('\x1bc');

export interface ConsoleView extends Pick<GatewayDeps, 'consoleOf' | 'log'> {
  readonly of: TicketHolder;
  readonly window: TerminalWindow;
  readonly signal: AbortSignal;
}

/** Shows the console until the signal aborts. */
export async function streamConsole(view: ConsoleView): Promise<void> {
  const { window, signal } = view;
  window.tell({ type: 'ready' });
  while (!signal.aborted) {
    const logFile = await fileOf(view, null);
    const change = watchForChange(view, logFile);
    const ended = AbortSignal.any([signal, change.signal]);
    if (logFile === null) await aborted(ended);
    else for await (const bytes of followFile(logFile, backlogBytes, ended)) await shown(window, bytes);
    change.stop();
    if (!signal.aborted) await shown(window, clear);
  }
}

/** The console's file; `known` when it cannot be asked. */
async function fileOf(view: ConsoleView, known: string | null): Promise<string | null> {
  try {
    return (await view.consoleOf(view.of))?.logFile ?? null;
  } catch (error) {
    view.log.warn(
      { error, reservation: view.of.reservationId, node: view.of.nodeId },
      'console could not be found',
    );
    return known;
  }
}

function watchForChange(view: ConsoleView, known: string | null): { signal: AbortSignal; stop(): void } {
  const change = new AbortController();
  const look = async () => {
    if ((await fileOf(view, known)) !== known) change.abort();
  };
  const timer = setInterval(() => void look(), recheckMs);
  return { signal: change.signal, stop: () => clearInterval(timer) };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function shown(window: TerminalWindow, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => window.show(bytes, resolve));
}
