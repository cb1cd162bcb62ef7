/** Answers of the services of seats of classes, for rendering pages without a database. */

import { invalid, LabError } from '../../src/domain/errors.ts';
import { may } from '../../src/domain/may.ts';
import { occurrencesOf } from '../../src/domain/recurrence.ts';
import { timeNow } from '../../src/lib/clock.ts';
import type { BlockServices, BlockWish } from '../../src/services/blocks.ts';
import * as sample from './sample-blocks.ts';

/** `asked` is told what was changed. */
export function blocking(asked: string[]): BlockServices {
  const found = (id: number) => {
    const block = sample.blocks.find((one) => one.id === id);
    if (!block) throw new LabError('not-found');
    return block;
  };
  const check = ({ seats, recurrence }: BlockWish) => {
    if (seats > 100) throw invalid('seats', 'There are 100 machines that can run it: at most 100 seats.');
    return occurrencesOf(recurrence, 'Europe/Berlin');
  };
  return {
    async previewBlock(_me, wish) {
      check(wish);
      return sample.preview(wish.seats);
    },
    async askBlock(_me, wish) {
      check(wish);
      asked.push(`ask-block ${JSON.stringify(wish)}`);
      return { id: 8 };
    },
    async changeBlock(_me, id, wish, version) {
      if (version !== undefined && version !== found(id).version) throw new LabError('changed-meanwhile');
      asked.push(`change-block ${id} ${JSON.stringify(wish)}`);
    },
    changeBlockDate: async (_me, id, dateId, choice) =>
      void asked.push(`change-date ${found(id).id} ${dateId} ${JSON.stringify(choice)}`),
    listBlocks: async (_me, { courseId, state }) => ({
      items: sample.blocks.filter(
        (one) => (courseId ?? one.course.id) === one.course.id && (state ?? one.state) === one.state,
      ),
      next: null,
    }),
    inspectBlock: async (me, id) => sample.blockDetail(found(id), may(me, 'block.decide')),
    approveBlock: async (_me, id, decision) =>
      void asked.push(`approve ${found(id).id} ${JSON.stringify(decision)}`),
    async rejectBlock(_me, id, reason) {
      if (reason.trim() === '') throw invalid('reason', 'Say why: who asked for it reads it.');
      asked.push(`reject ${found(id).id} ${reason}`);
    },
    withdrawBlock: async (_me, id) => void asked.push(`withdraw ${found(id).id}`),
    wall: async (_me, id) => sample.wall(found(id).id),
    watchWall: async () => () => undefined,
    async ownClasses(me) {
      const classes = me.role === 'administrator' ? sample.classes : [];
      return classes.map((one) => ({ ...one, isOpen: one.opens <= timeNow() }));
    },
    async sayToClass(_me, id, dateId, text) {
      if (text.trim() === '') throw invalid('text', 'Say something.');
      asked.push(`say ${id} ${dateId} ${text}`);
    },
    async extendClass(_me, id, dateId, minutes) {
      if (minutes > 240) throw invalid('minutes', 'A whole number of minutes, 1 to 240.');
      asked.push(`extend-class ${id} ${dateId} ${minutes}`);
    },
    giveExtra: async (_me, id, dateId, extra) =>
      void asked.push(`extra ${id} ${dateId} ${JSON.stringify(extra)}`),
    endClass: async (_me, id, dateId) => void asked.push(`end-class ${id} ${dateId}`),
    goOnWithClass: async (_me, id, dateId) => void asked.push(`go-on ${id} ${dateId}`),
    giveAnother: async (_me, id, dateId, person) => void asked.push(`another ${id} ${dateId} ${person}`),
    async startFor(_me, id, dateId, person) {
      asked.push(`start-for ${id} ${dateId} ${person}`);
      return { id: 1 };
    },
    async ownClass(_me, dateId) {
      const one = sample.classes.find((each) => each.dateId === dateId);
      if (!one) throw new LabError('not-found');
      return one;
    },
    watchClass: async () => () => undefined,
    async claim(_me, dateId) {
      asked.push(`claim ${dateId}`);
      if (dateId !== 31) throw new LabError('block.full');
      return { id: 1 };
    },
  };
}
