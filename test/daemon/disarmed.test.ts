import assert from 'node:assert/strict';
import { provisioning } from '../../modules/provisioning/registry.ts';
import { createManagementNode, type ManagementNode } from '../../src/daemon/create-management-node.ts';
import { defaultGatewaySettings } from '../../src/daemon/gateway/contract.ts';
import type { ProvisioningModule } from '../../src/domain/contracts/provisioning.ts';
import { eachEngine } from '../helpers/database.ts';
import { type Lab, makeLab } from '../helpers/lab.ts';

describe('a disarmed place', () => {
  eachEngine((_engine, { open }) => {
    let lab: Lab;
    let node: ManagementNode | undefined;
    afterEach(async () => {
      await node?.stop();
      await lab.close();
    });

    it('has no machine touched, nor a way to one opened, until it is armed', async () => {
      const called: string[] = [];
      const { simulator } = provisioning;
      assert.ok(simulator);
      lab = await makeLab(await open(), {
        over: { provisioning: { simulator: recording(simulator, called) } },
      });
      await lab.db.knex('pools').update({ reach: 'web' });
      const ann = await lab.person('ann');
      const before = await lab.startDaemon();
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
      await before.stop();
      await lab.db.knex('places').update({ armed: 0 });
      called.length = 0;

      node = createManagementNode(lab.deps, { publicUrl: null, gateway: defaultGatewaySettings });
      await node.start();
      await lab.services.endReservation(ann, id);
      const waiting = await lab.db.knex('tasks').where({ action: 'deleted', status: 'queued' });
      assert.equal(waiting.length, 1);
      assert.equal((await lab.services.health()).ready, false);
      assert.deepEqual(called, []);

      await lab.db.knex('places').update({ armed: 1 });
      await lab.reaches(ann, id, 'complete');
      assert.match(called.join(' '), /proxy_socket/);
    });
  });
});

/** The module, and a list of what was called of it. */
function recording(module: ProvisioningModule, called: string[]): ProvisioningModule {
  return new Proxy(
    { ...module, proxy_socket: () => Promise.resolve(null) },
    {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member === 'function') called.push(String(name));
        return member;
      },
    },
  );
}
