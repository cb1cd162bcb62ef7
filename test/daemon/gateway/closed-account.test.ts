import assert from 'node:assert/strict';
import { provisioning } from '../../../modules/provisioning/registry.ts';
import { watchClosedAccounts } from '../../../src/daemon/closed-accounts.ts';
import { gatewayDoors } from '../../../src/daemon/gateway-doors.ts';
import { someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { makeLab } from '../../helpers/lab.ts';
import { runGateway } from './running-gateway.ts';

const descriptors = { simulator: { ...provisioning.simulator, simulated: false } };
const shutOut = 'Your account is disabled. Please ask an administrator.';

describe('what is open when its person is shut out', function () {
  this.timeout(180_000);

  eachEngine((_engine, { open }) => {
    it('is closed and says why, a shell and a console that an administrator looks at; what others have stays', async () => {
      const lab = await makeLab(await open(), { over: { descriptors } });
      const house = await runGateway(gatewayDoors(lab.deps));
      const stop = watchClosedAccounts(lab.deps, house.gateway);
      try {
        const [admin, other] = [
          await someone(lab.deps, 'admin', 'administrator'),
          await someone(lab.deps, 'other', 'administrator'),
        ];
        const ada = await someone(lab.deps, 'ada');
        await lab.startDaemon();
        const { id } = await lab.services.reserve(ada, { image: 'simulated', minutes: 60 });
        await lab.reaches(ada, id, 'reserved');
        await lab.db.knex('reservations').update({ access_opened_at: 1 });
        const window = async (door: string, ticket: string) =>
          house.open(`/gateway/${door}?${new URLSearchParams({ ticket }).toString()}`);
        const shell = await window('terminal', await lab.services.ticket(ada, id, 'terminal', '::1'));
        const seen = await window('console', await lab.services.consoleTicket(other, 2, '::1'));
        const stays = await window('console', await lab.services.consoleTicket(admin, 2, '::1'));
        assert.deepEqual(house.gateway.people().sort(), [admin.id, other.id, ada.id].sort());

        await lab.services.disablePerson(admin, ada.id, { reservations: 'leave' });
        assert.equal((await shell.told('ended')).reason, shutOut);
        await lab.services.disablePerson(admin, other.id, { reservations: 'leave' });
        assert.equal((await seen.told('ended')).reason, shutOut);
        await stays.told('ready');
        assert.equal(stays.closeCode, null);
        stays.close();
      } finally {
        stop();
        await house.stop();
        await lab.close();
      }
    });
  });
});
