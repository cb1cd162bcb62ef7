import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { defaultGatewaySettings } from '../../../src/daemon/gateway/contract.ts';
import { SharedShell } from '../../../src/daemon/gateway/shared-shell.ts';
import type { TerminalWindow } from '../../../src/daemon/gateway/terminal-window.ts';
import { LabError } from '../../../src/domain/errors.ts';

describe('a terminal that is open when its person is shut out', () => {
  afterEach(() => mock.timers.reset());

  it('is closed when it next says that it is open, and says why', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const noop = () => undefined;
    let ended: (reason: string) => void = noop;
    const end = new Promise<string>((resolve) => {
      ended = resolve;
    });
    const window = { behind: 0, show: noop, tell: noop, end: ended, onClose: noop, onMessage: noop };
    const shell = new SharedShell(
      7,
      { cols: 80, rows: 24 },
      {
        accessOf: async () => null,
        opened: () => Promise.reject(new LabError('account.disabled')),
        log: { debug: noop, info: noop, warn: noop, error: noop },
        settings: defaultGatewaySettings,
      },
      noop,
    );
    shell.attach(window as unknown as TerminalWindow, { cols: 80, rows: 24 });
    mock.timers.tick(60_000);
    assert.equal(await end, 'Your account is disabled. Please ask an administrator.');
  });
});
