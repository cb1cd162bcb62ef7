import assert from 'node:assert/strict';
import { predictive } from '../../../modules/predictive/registry.ts';
import type { ForeseenImage, ForeseenNode, Foresight } from '../../../src/domain/contracts/predictive.ts';
import { expectedTakes, type TakenHour, takenHistory } from '../../../src/domain/taken-history.ts';
import { day, hour } from '../../../src/domain/time.ts';

/** A Monday, 10:00 in Berlin, eight days after summer time has ended there. */
const monday = Date.parse('2026-11-02T09:00:00Z');
const [physics, chemistry] = [1, 2];

function node(id: number, holds: number | null, over: Partial<ForeseenNode> = {}): ForeseenNode {
  return { id, kind: 'vm', holds, loading: false, busyUntil: null, next: null, ...over };
}

function image(id: number, over: Partial<ForeseenImage> = {}): ForeseenImage {
  return { id, spares: 0, elsewhere: 0, kinds: new Set(['vm']), ...over };
}

function took(imageId: number, at: number, atOnce: number): TakenHour {
  return { imageId, hour: at, all: atOnce, atOnce };
}

function foresight(
  nodes: ForeseenNode[],
  over: Partial<Foresight> & { hours?: TakenHour[] } = {},
): Foresight {
  const { hours = [], ...rest } = over;
  return {
    ...{ now: monday, timeZone: 'UTC', nodes },
    images: [image(physics), image(chemistry)],
    history: takenHistory(hours, monday - 60 * day),
    ...rest,
  };
}

/** What each machine is to hold, in the order of machines. */
const aimsOf = (id: keyof typeof predictive, seen: Foresight) =>
  predictive[id]
    .predict(seen)
    .map(({ nodeId, imageId, because }) => ({ nodeId, imageId, why: because.why }))
    .toSorted((a, b) => a.nodeId - b.nodeId);

describe('what is expected', () => {
  it('is what was taken at this hour of this weekday by the clock on the wall, across the end of summer time', () => {
    // 10:00 in Berlin was 08:00 UTC then, and is 09:00 UTC now
    const hours = [took(physics, Date.parse('2026-10-19T08:00:00Z'), 4)];
    const since = Date.parse('2026-10-18T00:00:00Z');
    const seen = foresight([], { timeZone: 'Europe/Berlin', history: takenHistory(hours, since) });
    const weights = 1 + 0.8;
    assert.equal(expectedTakes(seen)(physics).toFixed(4), ((0.8 * 4) / weights).toFixed(4));
    assert.equal(expectedTakes(seen)(chemistry), 0);
  });

  it('passes from one hour to the next', () => {
    const before = [took(physics, monday - 7 * day, 2), took(physics, monday - 7 * day + hour, 6)];
    const since = monday - 8 * day;
    const at = (now: number) =>
      expectedTakes(foresight([], { now, history: takenHistory(before, since) }))(physics);
    assert.equal(at(monday), 2);
    assert.equal(at(monday + hour / 2), 4);
  });

  it('is the same hour of the last days while no such weekday is known, and before that any hour', () => {
    const yesterday = takenHistory([took(physics, monday - day, 3)], monday - 2 * day);
    assert.equal(expectedTakes(foresight([], { history: yesterday }))(physics), 3 / (1 + 0.8));
    const today = takenHistory([took(physics, monday - hour, 3)], monday - 2 * hour);
    assert.equal(expectedTakes(foresight([], { history: today }))(physics), 1.5);
    const nothing = takenHistory([], monday);
    assert.equal(expectedTakes(foresight([], { history: nothing }))(physics), 0);
  });
});

describe('predictive modules', () => {
  for (const id of ['demand', 'level_0', 'level_1', 'level_2'] as const)
    it(`${id}: what is booked on a machine soon goes before all else`, () => {
      const next = { imageId: chemistry, at: monday + 30 * 60_000 };
      const seen = foresight([node(1, physics, { next })], { hours: [took(physics, monday - 7 * day, 9)] });
      assert.deepEqual(aimsOf(id, seen), [{ nodeId: 1, imageId: chemistry, why: 'booked' }]);
    });

  it('level_0: everything else stays as it is', () => {
    const seen = foresight([node(1, physics), node(2, physics, { busyUntil: monday })], {
      hours: [took(chemistry, monday - hour, 9)],
    });
    assert.deepEqual(aimsOf('level_0', seen), []);
  });

  it('level_1: a machine that is taken back takes what was taken most and fewer than two idle ones hold', () => {
    const hours = [took(physics, monday - 2 * hour, 5), took(chemistry, monday - 3 * hour, 2)];
    const nodes = [
      node(1, physics),
      node(2, chemistry),
      ...[3, 4, 5].map((id) => node(id, chemistry, { busyUntil: monday + id })),
    ];
    assert.deepEqual(aimsOf('level_1', foresight(nodes, { hours })), [
      { nodeId: 3, imageId: physics, why: 'popular' },
      { nodeId: 4, imageId: chemistry, why: 'popular' },
    ]);
  });

  it('level_1: the fewer machines are idle, the shorter the past that counts', () => {
    const hours = [took(physics, monday - 3 * day, 50), took(chemistry, monday - 2 * hour, 1)];
    const busy = [1, 2].map((id) => node(id, physics, { busyUntil: monday + id }));
    const first = (nodes: ForeseenNode[]) => aimsOf('level_1', foresight(nodes, { hours }))[0]?.imageId;
    assert.equal(first(busy), chemistry);
    const idle = Array.from({ length: 30 }, (_, index) => node(10 + index, null));
    assert.equal(first([...busy, ...idle]), physics);
  });

  it('level_2: a machine is emptied after its person, and an empty one stays so', () => {
    const nodes = [node(1, physics), node(2, physics, { busyUntil: monday }), node(3, null)];
    assert.deepEqual(aimsOf('level_2', foresight(nodes)), [
      { nodeId: 2, imageId: null, why: 'empty' },
      { nodeId: 3, imageId: null, why: 'empty' },
    ]);
  });
});

describe('demand', () => {
  const weekly = (imageId: number, atOnce: number) =>
    [1, 2, 3, 4].map((week) => took(imageId, monday - week * 7 * day, atOnce));
  const history = (...hours: TakenHour[]) => takenHistory(hours, monday - 29 * day);

  it('gives machines to images in the order of how likely it is that one more is taken', () => {
    const seen = foresight(
      Array.from({ length: 8 }, (_, index) => node(index + 1, physics)),
      { history: history(...weekly(physics, 1), ...weekly(chemistry, 4)) },
    );
    const chemists = aimsOf('demand', seen).filter(({ imageId }) => imageId === chemistry);
    // the fifth finds its person in 37 of 100 hours, the third of physics in 8; the sixth (21) is not worth a load
    assert.equal(chemists.length, 5);
    assert.ok(chemists.every(({ why }) => why === 'demand'));
  });

  it('keeps spares before all demand, and says which they are', () => {
    const images = [image(physics), image(chemistry, { spares: 2 })];
    const seen = foresight(
      [1, 2, 3].map((id) => node(id, physics)),
      { images, history: history(...weekly(physics, 9)) },
    );
    assert.deepEqual(
      aimsOf('demand', seen)
        .map(({ imageId, why }) => `${imageId} ${why}`)
        .sort(),
      ['1 demand', '2 spare', '2 spare'],
    );
    const stays = foresight(
      [1, 2, 3].map((id) => node(id, chemistry)),
      { images },
    );
    assert.deepEqual(
      aimsOf('demand', stays).map(({ nodeId, why }) => `${nodeId} ${why}`),
      ['1 spare', '2 spare'],
    );
  });

  it('counts what is ready elsewhere or on its way', () => {
    const images = [image(physics), image(chemistry, { spares: 2, elsewhere: 1 })];
    const seen = foresight([node(1, physics), node(2, chemistry, { loading: true })], { images });
    assert.deepEqual(aimsOf('demand', seen), []);
  });

  it('leaves machines as they are for nothing likelier, and where nothing is known', () => {
    const even = foresight([node(1, physics), node(2, chemistry)], {
      history: history(...weekly(physics, 3), ...weekly(chemistry, 3)),
    });
    assert.deepEqual(
      aimsOf('demand', even).map(({ nodeId, imageId }) => [nodeId, imageId]),
      [
        [1, physics],
        [2, chemistry],
      ],
    );
    assert.deepEqual(aimsOf('demand', foresight([node(1, physics), node(2, null)])), []);
  });

  it('loads nothing that a machine cannot load', () => {
    const images = [image(physics), image(chemistry, { spares: 3, kinds: new Set(['large']) })];
    assert.deepEqual(
      aimsOf('demand', foresight([node(1, physics), node(2, physics, { busyUntil: monday })], { images })),
      [],
    );
  });

  it('says what machines in use are to hold next, the first that is free first', () => {
    const seen = foresight(
      [node(1, physics, { busyUntil: monday + 2 * hour }), node(2, physics, { busyUntil: monday + hour })],
      { images: [image(physics), image(chemistry, { spares: 1 })], history: history(...weekly(physics, 1)) },
    );
    assert.deepEqual(aimsOf('demand', seen), [
      { nodeId: 1, imageId: physics, why: 'demand' },
      { nodeId: 2, imageId: chemistry, why: 'spare' },
    ]);
  });

  it('arranges ten thousand machines within a look', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => node(index + 1, (index % 50) + 1));
    const images = Array.from({ length: 50 }, (_, index) => image(index + 1));
    const hours = images.flatMap(({ id }) => weekly(id, id * 8));
    assert.equal(
      predictive.demand.predict(foresight(nodes, { images, history: history(...hours) })).length > 9_000,
      true,
    );
  });
});
