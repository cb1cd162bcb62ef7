import assert from 'node:assert/strict';
import type { HardwareText, NewNodesRequest, Services } from '../../src/services/services.ts';
import { startServer } from '../../src/web/server.ts';
import { labrador } from '../helpers/labrador.ts';
import { newNodes } from '../helpers/sample-views.ts';
import { testApp } from '../helpers/web-app.ts';

describe('labrador node, over REST', function () {
  this.timeout(120_000);

  it('adds bare metal and changes its BMC, with a password that is in no argument', async () => {
    const added: NewNodesRequest[] = [];
    const changed: HardwareText[] = [];
    const addNewNodes: Services['addNewNodes'] = async (_me, request) => {
      added.push(request);
      return newNodes;
    };
    const setHardware: Services['setHardware'] = async (_me, _id, hardware) => void changed.push(hardware);
    const server = await startServer({
      app: testApp({ addNewNodes, setHardware }).app,
      ...{ host: '127.0.0.1', port: 0 },
    });
    const env = {
      LABRADOR_URL: `http://127.0.0.1:${server.port}`,
      LABRADOR_TOKEN: 'admin-session-secret',
    };
    const run = (args: string, input = '') => labrador(env).run(args.split(' '), input);
    try {
      const add = 'node add lab[1-2] --pool rack --image tiny --mac 52:54:00:00:00:11';
      const metal = await run(`${add} --bmc 10.0.0.11 --bmc-port 6230 --bmc-user admin`, 'two words\n');
      assert.equal(metal.code, 0, metal.err);
      assert.match(metal.out, /lab01: fine\nlab02: The name is taken\./);
      const bmc = { bmcHost: '10.0.0.11', bmcPort: '6230', bmcUsername: 'admin', bmcPassword: 'two words' };
      assert.deepEqual(added[0]?.hardware, bmc);
      assert.equal(added[0]?.mac, '52:54:00:00:00:11');
      const table = await run('node add --pool rack --image tiny --csv -', 'name,mac\nr1,\n');
      assert.equal(table.code, 0, table.err);
      assert.equal(added[1]?.csv, 'name,mac\nr1,\n');
      assert.deepEqual(added[1]?.hardware, {});
      const neither = await run('node add --pool rack --image tiny');
      assert.match(neither.err, /Say names, such as lab\[01-40\], or a table/);
      const both = await run('node add --pool rack --image tiny --csv - --bmc-user admin');
      assert.match(both.err, /name a file for the table/);
      const moved = await run('node bmc vm-2 --bmc 10.0.0.12 --firmware uefi');
      assert.match(moved.out, /vm-2: changed; its BMC is asked who it is/);
      assert.deepEqual(changed, [{ bmcHost: '10.0.0.12', firmware: 'uefi' }]);
    } finally {
      await server.stop();
    }
  });
});
