import assert from 'node:assert/strict';
import fc from 'fast-check';
import { administrators } from '../../../db/repositories/people.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { LabError } from '../../../src/domain/errors.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { type Lab, makeLab } from '../../helpers/lab.ts';

const names = ['ada', 'bob', 'cleo'] as const;
const who = fc.nat(names.length - 1);
const ways = ['disable', 'remove', 'demote', 'group-role', 'take-out', 'enable', 'promote'] as const;
const acts = fc.array(fc.record({ by: who, to: who, way: fc.constantFrom(...ways) }), {
  minLength: 2,
  maxLength: 6,
});
const expected = new Set([
  ...['not-allowed', 'person.last-administrator', 'person.yourself', 'person.removed'],
  ...['changed-meanwhile', 'busy'],
]);

describe('the last administrator', () => {
  eachEngine((engine, { open }) => {
    let lab: Lab;
    const all: SignedIn[] = [];
    const groups = new Map<number, number>();
    beforeEach(async () => {
      lab = await makeLab(await open(), { nodes: 1 });
      all.length = 0;
      for (const name of names) all.push(await someone(lab.deps, name, 'administrator'));
      const first = all[0] as SignedIn;
      for (const { id, name, people } of await details(first)) {
        const [member] = people;
        if (member) groups.set(member.id, id);
        else assert.fail(name);
      }
    });
    afterEach(() => lab.close());

    async function details(me: SignedIn) {
      const found = await lab.services.listGroups(me);
      return Promise.all(found.map(({ id }) => lab.services.inspectGroup(me, id)));
    }

    function act(by: SignedIn, to: SignedIn, way: (typeof ways)[number]): Promise<unknown> {
      const { services } = lab;
      const group = groups.get(to.id) ?? 0;
      if (way === 'disable') return services.disablePerson(by, to.id, { reservations: 'leave' });
      if (way === 'remove') return services.removePerson(by, to.id);
      if (way === 'enable') return services.enablePerson(by, to.id);
      if (way === 'demote') return services.editPerson(by, to.id, { groups: [] });
      if (way === 'promote') return services.editPerson(by, to.id, { groups: [`of ${to.name}`] });
      if (way === 'group-role') return services.editGroup(by, group, { role: 'user' });
      return services.changeMembers(by, group, { remove: [to.name] });
    }

    it('is left, whatever administrators do to each other at once, and nobody shuts themselves out', async () => {
      const runs = engine === 'sqlite' ? 25 : 10;
      await fc.assert(
        fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 3 }), async (rounds) => {
          await everybodyBack();
          for (const round of rounds) {
            await Promise.all(
              round.map(async ({ by, to, way }) => {
                const [one, other] = [all[by] as SignedIn, all[to] as SignedIn];
                const code = await act(one, other, way).then(
                  () => null,
                  (error: unknown) => (error instanceof LabError ? error.code : assert.fail(String(error))),
                );
                if (code !== null) assert.ok(expected.has(code), code);
                else if (by === to) assert.ok(['enable', 'promote'].includes(way), `${way} oneself`);
              }),
            );
            const { n } = await inTransaction(lab.db, (tx) => administrators(tx, 0));
            assert.ok(n >= 1, 'nobody is left');
          }
        }),
        { numRuns: runs },
      );
    }).timeout(120_000);

    it('is one of two who take it from each other in the same moment, in whichever way', async () => {
      const [ada, bob] = all as [SignedIn, SignedIn];
      const taking = ['disable', 'remove', 'demote', 'group-role', 'take-out'] as const;
      for (const [at, way] of taking.entries()) {
        await everybodyBack();
        await lab.db.knex('users').where({ name: 'cleo' }).update({ disabled_at: 1 });
        const other = taking[(at + 1) % taking.length] as (typeof taking)[number];
        const came = await Promise.allSettled([act(ada, bob, way), act(bob, ada, other)]);
        const lost = came.flatMap((one) =>
          one.status === 'rejected' ? [(one.reason as LabError).code] : [],
        );
        assert.deepEqual(lost, ['not-allowed'], `${way} ${other}`);
      }
    });

    /** Straight into the rows: whoever is left would do. */
    async function everybodyBack(): Promise<void> {
      await lab.db.knex('users').update({ disabled_at: null, removed_at: null });
      await lab.db.knex('user_groups').update({ role: 'administrator' });
      await lab.db.knex('group_members').delete();
      for (const [user_id, group_id] of groups)
        await lab.db.knex('group_members').insert({ user_id, group_id });
    }

    it('is told which it is: the last one, or oneself', async () => {
      const [ada, bob, cleo] = all as [SignedIn, SignedIn, SignedIn];
      const code = (work: Promise<unknown>) => work.then(String, (error: LabError) => error.code);
      assert.equal(await code(act(ada, ada, 'demote')), 'person.yourself');
      for (const other of [bob, cleo]) await act(ada, other, 'disable');
      for (const way of ['disable', 'remove', 'demote', 'group-role', 'take-out'] as const)
        assert.equal(await code(act(ada, ada, way)), 'person.last-administrator', way);
      assert.equal(await code(act(bob, ada, 'disable')), 'not-allowed', 'who was shut out shuts nobody out');
    });
  });
});
