import assert from 'node:assert/strict';
import { type Action, may, type Role, roles, strongestRole } from '../../src/domain/may.ts';

/** Who may do it: to one's own, to others' or to what nobody owns. */
const table: Readonly<Record<Action, { own: readonly Role[]; others: readonly Role[] }>> = {
  'reservation.create': { own: roles, others: roles },
  'reservation.read': { own: roles, others: ['administrator'] },
  'reservation.change': { own: roles, others: ['administrator'] },
  'reservation.connect': { own: roles, others: [] },
  'image.read': { own: roles, others: roles },
  'image.create': { own: ['image-admin', 'administrator'], others: ['image-admin', 'administrator'] },
  'image.manage': { own: roles, others: ['administrator'] },
  'node.read': { own: ['administrator'], others: ['administrator'] },
  'node.manage': { own: ['administrator'], others: ['administrator'] },
  'pool.read': { own: ['image-admin', 'administrator'], others: ['image-admin', 'administrator'] },
  'allocations.read': { own: ['administrator'], others: ['administrator'] },
  'attention.read': { own: ['administrator'], others: ['administrator'] },
  'calendar.manage': { own: ['administrator'], others: ['administrator'] },
  'announcement.manage': { own: ['administrator'], others: ['administrator'] },
  'events.read': { own: ['administrator'], others: ['administrator'] },
  'task.read': { own: ['administrator'], others: ['administrator'] },
  'task.manage': { own: ['administrator'], others: ['administrator'] },
  search: { own: ['administrator'], others: ['administrator'] },
  'user.manage': { own: ['administrator'], others: ['administrator'] },
  'course.manage': { own: ['administrator'], others: ['administrator'] },
  'block.ask': { own: ['administrator'], others: ['administrator'] },
  'block.decide': { own: ['administrator'], others: ['administrator'] },
  'own-account': { own: roles, others: roles },
};

describe('may', () => {
  for (const role of roles) {
    it(`lets the role ${role} do what the table says, and nothing else`, () => {
      const me = { id: 7, name: 'me', role };
      for (const [action, { own, others }] of Object.entries(table) as [Action, (typeof table)[Action]][]) {
        assert.equal(may(me, action, { ownerId: 7 }), own.includes(role), `${action}, own`);
        assert.equal(may(me, action, { ownerId: 8 }), others.includes(role), `${action}, another's`);
        assert.equal(may(me, action), others.includes(role), `${action}, nobody's`);
      }
    });
  }

  it('lets nobody but its owner into a machine', () => {
    for (const role of roles)
      assert.equal(may({ id: 1, name: 'x', role }, 'reservation.connect', { ownerId: 2 }), false);
  });

  it('lets who teaches a course manage it and ask for seats, and decide about as many as they were trusted with', () => {
    const ann = { id: 7, name: 'ann', role: 'user', courseIds: [3] } as const;
    for (const action of ['course.manage', 'block.ask'] as const) {
      assert.ok(may(ann, action) && may(ann, action, { courseId: 3 }));
      assert.ok(!may(ann, action, { courseId: 4 }) && !may({ ...ann, courseIds: [] }, action));
    }
    assert.ok(!may(ann, 'block.decide') && !may(ann, 'block.decide', { courseId: 3 }));
    assert.ok(may(ann, 'block.decide', { courseId: 3, isSmall: true }));
    assert.ok(!may(ann, 'block.decide', { courseId: 4, isSmall: true }));
  });

  it('gives several roles the rights of the strongest', () => {
    assert.equal(strongestRole(['user', 'administrator', 'image-admin']), 'administrator');
    assert.equal(strongestRole([]), 'user');
  });
});
