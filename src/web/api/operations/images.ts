import type { ImageChanges } from '../../../services/services.ts';
import { idIn, nameIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { pageOfAll } from '../page-of-all.ts';
import * as present from '../present.ts';
import { PageQuery, pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/images.ts';

const one = '/images/:name';
const revision = `${one}/revisions/:number`;
const properties = {
  description: 'The image, as those who manage it see it.',
  schema: schema.PropertiesSchema,
};
const done = { 204: { description: 'Done.' } };

const listLibrary = defineOperation({
  ...{ id: 'listLibrary', method: 'get', path: '/library', who: 'image.create' },
  summary: 'The images one may see, with what they cost and who uses them; unused ones first.',
  query: schema.LibraryQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.LibrarySchema) } },
  async run({ services, me, query }) {
    const { items, next } = await services.listLibrary(me, query);
    return { status: 200, body: { items: items.map(present.presentLibraryImage), next } };
  },
});

const getProperties = defineOperation({
  ...{ id: 'getImageProperties', method: 'get', path: `${one}/properties`, who: 'image.create' },
  summary: 'What an image is and needs, for those who manage it.',
  answers: { 200: properties },
  run: async ({ services, me, req }) => {
    const found = await services.imageProperties(me, nameIn(req.params.name));
    return { status: 200, body: present.presentProperties(found) };
  },
});

const editImage = defineOperation({
  ...{ id: 'editImage', method: 'patch', path: one, who: 'image.create' },
  summary: 'Changes what an image is and needs; what is absent stays.',
  body: schema.ImageChangesBody,
  answers: { 200: properties },
  async run({ services, me, req, body }) {
    const name = nameIn(req.params.name);
    await services.editImage(me, name, body satisfies ImageChanges);
    return { status: 200, body: present.presentProperties(await services.imageProperties(me, name)) };
  },
});

const publish = defineOperation({
  ...{ id: 'publishImage', method: 'put', path: `${one}/publication`, who: 'image.create' },
  summary: 'Says who sees an image.',
  body: schema.PublicationBody,
  answers: { 200: properties },
  async run({ services, me, req, body }) {
    const name = nameIn(req.params.name);
    await services.publishImage(me, name, body);
    return { status: 200, body: present.presentProperties(await services.imageProperties(me, name)) };
  },
});

const removeImage = defineOperation({
  ...{ id: 'removeImage', method: 'delete', path: one, who: 'image.create' },
  summary:
    'Deletes an image with grace: for seven days it can be restored. Refused (409) while somebody has or booked it, machines hold it or images are made from it.',
  answers: done,
  async run({ services, me, req }) {
    await services.removeImage(me, nameIn(req.params.name));
    return { status: 204 };
  },
});

const restoreImage = defineOperation({
  ...{ id: 'restoreImage', method: 'post', path: `${one}/restore`, who: 'image.create' },
  summary: 'Undoes the deletion of an image.',
  answers: done,
  async run({ services, me, req, once }) {
    await services.restoreImage(me, nameIn(req.params.name), once);
    return { status: 204 };
  },
});

const listRevisions = defineOperation({
  ...{ id: 'listRevisions', method: 'get', path: `${one}/revisions`, who: 'image.create' },
  summary: 'The revisions of an image, newest first.',
  query: PageQuery,
  answers: { 200: { description: 'All of them.', schema: pageOf(schema.RevisionSchema) } },
  async run({ services, me, req, query }) {
    const found = await services.listRevisions(me, nameIn(req.params.name));
    return { status: 200, body: pageOfAll(found.map(present.presentRevision), query) };
  },
});

const commentRevision = defineOperation({
  ...{ id: 'commentRevision', method: 'patch', path: revision, who: 'image.create' },
  summary: 'Says what a revision is for.',
  body: schema.CommentBody,
  answers: done,
  async run({ services, me, req, body }) {
    await services.commentRevision(me, nameIn(req.params.name), idIn(req.params.number), body.comment);
    return { status: 204 };
  },
});

const makeProduction = defineOperation({
  ...{ id: 'makeProduction', method: 'post', path: `${revision}/production`, who: 'image.create' },
  summary: 'Makes a revision the production one, after one proven load; idle machines follow.',
  answers: { 202: { description: 'The task that does it.', schema: schema.TaskSchema } },
  async run({ services, me, req, once }) {
    const begun = await services.makeProduction(me, nameIn(req.params.name), idIn(req.params.number), once);
    return { status: 202, body: { task: begun.taskId } };
  },
});

const removeRevision = defineOperation({
  ...{ id: 'removeRevision', method: 'delete', path: revision, who: 'image.create' },
  summary: 'Deletes a revision; its file stays for seven days, in which it can be restored.',
  answers: done,
  async run({ services, me, req }) {
    await services.removeRevision(me, nameIn(req.params.name), idIn(req.params.number));
    return { status: 204 };
  },
});

const restoreRevision = defineOperation({
  ...{ id: 'restoreRevision', method: 'post', path: `${revision}/restore`, who: 'image.create' },
  summary: 'Undoes the deletion of a revision.',
  answers: done,
  async run({ services, me, req, once }) {
    await services.restoreRevision(me, nameIn(req.params.name), idIn(req.params.number), once);
    return { status: 204 };
  },
});

/** Which of them this person manages, the services ask. */
export const imageOperations: readonly Operation[] = [
  listLibrary,
  getProperties,
  editImage,
  publish,
  removeImage,
  restoreImage,
  listRevisions,
  commentRevision,
  makeProduction,
  removeRevision,
  restoreRevision,
];
