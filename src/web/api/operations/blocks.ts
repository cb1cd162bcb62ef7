import type { BlockDetailView, BlockPreview, BlockView, ClassView } from '../../../services/block-views.ts';
import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentPage } from '../present.ts';
import * as schema from '../schemas/blocks.ts';
import { pageOf } from '../schemas/common.ts';

const who = 'block.ask' as const;
const one = '/blocks/:id';

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

function present(block: BlockView) {
  const { createdAt, first, last } = block;
  return { ...block, createdAt: iso(createdAt), first: isoOrNull(first), last: isoOrNull(last) };
}

function presentDetail({ occurrences, can, ...block }: BlockDetailView) {
  const dates = occurrences.map((date) => ({ ...date, start: iso(date.start), end: iso(date.end) }));
  return { ...present(block), occurrences: dates, can };
}

function presentPreview({ dates, warnings, ...preview }: BlockPreview) {
  const shown = dates.map((date) => ({
    ...date,
    start: iso(date.start),
    end: iso(date.end),
    others: [...date.others],
  }));
  return { ...preview, dates: shown, warnings: [...warnings] };
}

const answers = { 200: { description: 'The block.', schema: schema.BlockDetailSchema } };

const listBlocks = defineOperation({
  ...{ id: 'listBlocks', method: 'get', path: '/blocks', who },
  summary: 'Seats of classes, newest first; for who teaches, those of their courses.',
  query: schema.BlocksQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.BlockSchema) } },
  async run({ services, me, query: { course: courseId, ...request } }) {
    return {
      status: 200,
      body: presentPage(await services.listBlocks(me, { ...request, courseId }), present),
    };
  },
});

const previewBlock = defineOperation({
  ...{ id: 'previewBlock', method: 'post', path: '/blocks/preview', who, eachTime: true },
  summary:
    'What each date would come to: whether it fits, how many seats there are, what else would fit. Takes nothing.',
  body: schema.PreviewBody,
  answers: { 200: { description: 'Date by date.', schema: schema.PreviewSchema } },
  async run({ services, me, body: { blockId, ...wish } }) {
    return { status: 200, body: presentPreview(await services.previewBlock(me, wish, blockId)) };
  },
});

const askBlock = defineOperation({
  ...{ id: 'askBlock', method: 'post', path: '/blocks', who },
  summary: 'Asks for seats. Nothing is held before it is approved.',
  body: schema.BlockWishBody,
  answers: { 201: { description: 'The block.', schema: schema.BlockDetailSchema } },
  async run({ services, me, body, once }) {
    const { id } = await services.askBlock(me, body, once);
    const block = await services.inspectBlock(me, id);
    return { status: 201, body: presentDetail(block), headers: { location: `/api/v1/blocks/${id}` } };
  },
});

const getBlock = defineOperation({
  ...{ id: 'getBlock', method: 'get', path: one, who },
  summary: 'One block with its dates: of those that are over, how many seats were held, claimed and lost.',
  answers,
  async run({ services, me, req }) {
    return { status: 200, body: presentDetail(await services.inspectBlock(me, idIn(req.params.id))) };
  },
});

const changeBlock = defineOperation({
  ...{ id: 'changeBlock', method: 'put', path: one, who },
  summary: 'Changes a block as a whole, or not at all (409 `block.short`); dates that have begun stay.',
  body: schema.BlockChangeBody,
  answers,
  async run({ services, me, req, body: { version, ...wish } }) {
    const id = idIn(req.params.id);
    await services.changeBlock(me, id, wish, version);
    return { status: 200, body: presentDetail(await services.inspectBlock(me, id)) };
  },
});

const changeBlockDate = defineOperation({
  ...{ id: 'changeBlockDate', method: 'patch', path: `${one}/dates/:date`, who },
  summary: 'Leaves one date out, takes it in again, or gives it other seats or another environment.',
  body: schema.DateChangeBody,
  answers,
  async run({ services, me, req, body }) {
    const id = idIn(req.params.id);
    await services.changeBlockDate(me, id, idIn(req.params.date), body);
    return { status: 200, body: presentDetail(await services.inspectBlock(me, id)) };
  },
});

const approveBlock = defineOperation({
  ...{ id: 'approveBlock', method: 'post', path: `${one}/approve`, who },
  summary:
    'Approves a block: its seats are held date by date, all of a date or none (409 `block.state` when it was decided).',
  body: schema.ApproveBody,
  answers,
  async run({ services, me, req, body, once }) {
    const id = idIn(req.params.id);
    await services.approveBlock(me, id, body, once);
    return { status: 200, body: presentDetail(await services.inspectBlock(me, id)) };
  },
});

const rejectBlock = defineOperation({
  ...{ id: 'rejectBlock', method: 'post', path: `${one}/reject`, who },
  summary: 'Rejects a block; who asked for it is told why.',
  body: schema.RejectBody,
  answers,
  async run({ services, me, req, body, once }) {
    const id = idIn(req.params.id);
    await services.rejectBlock(me, id, body.reason, once);
    return { status: 200, body: presentDetail(await services.inspectBlock(me, id)) };
  },
});

const withdrawBlock = defineOperation({
  ...{ id: 'withdrawBlock', method: 'post', path: `${one}/withdraw`, who },
  summary: 'Nobody wants it any more: the seats of dates that have not begun go back.',
  answers,
  async run({ services, me, req, once }) {
    const id = idIn(req.params.id);
    await services.withdrawBlock(me, id, once);
    return { status: 200, body: presentDetail(await services.inspectBlock(me, id)) };
  },
});

function presentClass(one: ClassView) {
  return { ...one, start: iso(one.start), end: iso(one.end), opens: iso(one.opens) };
}

const listClasses = defineOperation({
  ...{ id: 'listClasses', method: 'get', path: '/classes', who: 'signed-in' },
  summary: 'Classes of one’s courses whose seats can be taken now, or within a day.',
  answers: { 200: { description: 'The soonest first.', schema: schema.ClassesSchema } },
  async run({ services, me }) {
    return { status: 200, body: { items: (await services.ownClasses(me)).map(presentClass) } };
  },
});

const getClass = defineOperation({
  ...{ id: 'getClass', method: 'get', path: '/classes/:id', who: 'signed-in' },
  summary: 'One class of one’s courses, though it may be over.',
  answers: { 200: { description: 'The class.', schema: schema.ClassSchema } },
  async run({ services, me, req }) {
    return { status: 200, body: presentClass(await services.ownClass(me, idIn(req.params.id))) };
  },
});

const claimSeat = defineOperation({
  ...{ id: 'claimSeat', method: 'post', path: '/classes/:id/claim', who: 'signed-in' },
  summary: 'Takes one’s seat of a class, from ten minutes before it begins; who has one is answered with it.',
  answers: { 200: { description: 'Its reservation.', schema: schema.ClaimedSchema } },
  async run({ services, me, req, once }) {
    const { id } = await services.claim(me, idIn(req.params.id), once);
    return { status: 200, body: { reservationId: id } };
  },
});

export const blockOperations: readonly Operation[] = [
  listClasses,
  getClass,
  claimSeat,
  listBlocks,
  previewBlock,
  askBlock,
  getBlock,
  changeBlock,
  changeBlockDate,
  approveBlock,
  rejectBlock,
  withdrawBlock,
];
