import assert from 'node:assert/strict';
import {
  canMove,
  isLive,
  isUsable,
  type ReservationState,
  reservationStates,
} from '../../src/domain/states.ts';

describe('the states of a reservation', () => {
  const reachable = (from: ReservationState): Set<ReservationState> => {
    const found = new Set([from]);
    for (const state of found)
      for (const next of reservationStates) if (canMove(state, next)) found.add(next);
    return found;
  };

  it('have no way out of an end (req. 11)', () => {
    for (const to of reservationStates) {
      assert.equal(canMove('complete', to), false);
      assert.equal(canMove('failed', to), false);
    }
    for (const end of ['deleted', 'timeout'] as const)
      assert.deepEqual([...reachable(end)], [end, 'complete'], `${end} leads to complete alone`);
  });

  it('can be ended from every live one, at once, and then nobody gets in any more (req. 11)', () => {
    for (const state of reservationStates.filter(isLive)) {
      assert.ok(canMove(state, 'deleted'), state);
      assert.ok(reachable(state).has('complete'), state);
    }
    for (const state of reservationStates) assert.ok(!isUsable(state) || isLive(state), state);
  });

  it('are all reached from the first ones', () => {
    const all = new Set([...reachable('new'), ...reachable('offered')]);
    assert.deepEqual([...all].sort(), [...reservationStates].sort());
  });
});
