import assert from 'node:assert/strict';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { gatewayDoors } from '../../../src/daemon/gateway-doors.ts';
import { eachEngine } from '../../helpers/database.ts';
import { makeLab } from '../../helpers/lab.ts';

const { simulator } = provisioning;

describe('the console of a node', () => {
  eachEngine((_engine, { open }) => {
    it('opens once, for administrators, at its own place, and who looked is kept', async () => {
      const descriptors = { simulator: { ...simulator, simulated: false } };
      const lab = await makeLab(await open(), { over: { descriptors } });
      const admin = await lab.person('ada', { role: 'administrator' });
      const student = await lab.person('sam');
      const { consoleTicket, gatewaysFor, inspectNode } = lab.services;
      await assert.rejects(consoleTicket(student, 1, '::1'), { code: 'not-allowed' });
      await assert.rejects(consoleTicket(admin, 99, '::1'), { code: 'not-found' });

      const ticket = await consoleTicket(admin, 2, '192.0.2.7');
      await lab.db.knex('gateways').insert({ place_id: 1, name: 'd', address: 'unix:/gateway', since: 0 });
      assert.deepEqual(await gatewaysFor(ticket), ['unix:/gateway']);
      const { redeemTicket } = gatewayDoors(lab.deps);
      assert.deepEqual(await redeemTicket(ticket, 'console'), {
        userId: admin.id,
        reservationId: 0,
        nodeId: 2,
        member: undefined,
      });
      assert.equal(await redeemTicket(ticket, 'console'), null);

      await consoleTicket(admin, 2, '192.0.2.7');
      const looks = (await inspectNode(admin, 2)).events.filter(({ text }) => /console/.test(text));
      assert.deepEqual(
        looks.map(({ who }) => who),
        ['ada'],
      );
      await lab.close();
    });

    it('is none where the machine is simulated', async () => {
      const lab = await makeLab(await open());
      const admin = await lab.person('ada', { role: 'administrator' });
      await assert.rejects(lab.services.consoleTicket(admin, 1, '::1'), { code: 'reservation.no-console' });
      await lab.close();
    });
  });
});
