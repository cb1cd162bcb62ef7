import assert from 'node:assert/strict';
import { once } from 'node:events';
import { startSite } from '../helpers/browser.ts';
import { FakeGateway } from '../helpers/fake-gateway.ts';
import { labrador } from '../helpers/labrador.ts';

describe('labrador node console', function () {
  this.timeout(180_000);

  it('shows what a machine writes as text alone, until it is closed', async () => {
    const gateway = new FakeGateway();
    gateway.consoleText = 'boot\x1b[31ming\x07\x1b]0;title\x07 été\r\n';
    const { server, base } = await startSite(gateway);
    const program = labrador({ LABRADOR_URL: base, LABRADOR_TOKEN: 'admin-session-secret' });
    try {
      const running = program.begin('node', 'console', 'vm-2');
      await running.says(/^booting été\r\n$/);
      const closed = once(running.child, 'close');
      gateway.end('The machine was given back.');
      assert.deepEqual([(await closed)[0], running.err()], [0, 'The machine was given back.\n']);
      const none = await program.run(['node', 'console', 'vm-4']);
      assert.deepEqual([none.code, none.err], [1, 'This machine has no console to look at.\n']);
    } finally {
      gateway.close();
      await server.stop();
    }
  });
});
