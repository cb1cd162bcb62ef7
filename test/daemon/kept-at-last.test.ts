import assert from 'node:assert/strict';
import { states } from '../../modules/state/registry.ts';
import type { StateModule } from '../../src/domain/contracts/state.ts';
import { minute } from '../../src/domain/time.ts';
import { acknowledge } from '../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../src/services/views.ts';
import { makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { eachEngine } from '../helpers/database.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { sayConnected } from '../helpers/recording-os.ts';

/** What its person does between the look at a reservation and what is decided of it. */
type Press = (lab: Lab, me: SignedIn, id: number) => Promise<unknown>;

const keep: Press = (lab, me, id) => lab.services.keep(me, id);
const connect: Press = (lab, me, id) => acknowledge(lab.deps, me, id, 'test');
const extend: Press = (lab, me, id) => lab.services.extend(me, id, 30);

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let ann: SignedIn;
  let press: (() => Promise<unknown>) | null;
  beforeEach(async () => {
    press = null;
    const reserved: StateModule = {
      ...states.reserved,
      run: (context) =>
        states.reserved.run(
          Object.create(context, {
            look: {
              value: async () => {
                const looked = await context.look();
                const now = press;
                press = null;
                await now?.();
                return looked;
              },
            },
          }),
        ),
    };
    lab = await makeCrashLab(await open(), { nodes: 1, over: { states: { ...states, reserved } } });
    ann = await lab.person('ann');
    await lab.startDaemon();
  });
  afterEach(async () => {
    await checkBooks(lab.db);
    await lab.close();
  });

  for (const [what, minutes, isAcknowledged, pressed] of [
    ['keeps it', 16, false, keep],
    ['presses Connect', 16, false, connect],
    ['keeps it after Connect', 16, true, keep],
    ['extends it', 61, false, extend],
  ] as const)
    it(`stays theirs who ${what} in the moment in which it ends`, async () => {
      const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
      await lab.reaches(ann, id, 'reserved');
      await untilSettled(lab.db);
      sayConnected(poolFolder(lab.directory), 'no');
      if (isAcknowledged) await connect(lab, ann, id);
      if (pressed === extend) await keep(lab, ann, id);
      await untilSettled(lab.db);
      press = () => pressed(lab, ann, id);
      lab.db.clockOffset += minutes * minute;
      lab.db.signals.emit('committed');
      await untilSettled(lab.db);
      assert.equal(press, null, 'it was looked at');
      const { state } = await lab.services.getReservation(ann, id);
      assert.equal(state, pressed === keep && isAcknowledged ? 'inuse' : 'reserved');
    });
});
