import type { ServiceDeps } from '../deps.ts';
import type { Services } from '../services.ts';
import { editImage, imageProperties, listGroupNames, publishImage } from './edit-image.ts';
import { getImage, listImages } from './images.ts';
import { listLibrary } from './library.ts';
import { removeImage, restoreImage } from './remove-image.ts';
import {
  commentRevision,
  listRevisions,
  makeRevisionProduction,
  removeRevision,
  restoreRevision,
  watchImage,
} from './revisions.ts';

type Parts =
  | 'listImages'
  | 'getImage'
  | 'listLibrary'
  | 'watchImage'
  | 'imageProperties'
  | 'editImage'
  | 'publishImage'
  | 'removeImage'
  | 'restoreImage'
  | 'listGroupNames'
  | 'listRevisions'
  | 'commentRevision'
  | 'makeProduction'
  | 'removeRevision'
  | 'restoreRevision'; // prettier-ignore

/** Everything about images and their revisions. */
export function catalogServices(deps: ServiceDeps): Pick<Services, Parts> {
  return {
    listImages: (me, request) => listImages(deps, me, request?.search),
    getImage: (me, name) => getImage(deps, me, name),
    listLibrary: (me, request) => listLibrary(deps, me, request),
    watchImage: (me, name, changed) => watchImage(deps, me, name, changed),
    imageProperties: (me, name) => imageProperties(deps, me, name),
    editImage: (me, name, changes) => editImage(deps, me, name, changes),
    publishImage: (me, name, to) => publishImage(deps, me, name, to),
    removeImage: (me, name) => removeImage(deps, me, name),
    restoreImage: (me, name, once) => restoreImage(deps, me, name, once),
    listGroupNames: () => listGroupNames(deps),
    listRevisions: (me, name) => listRevisions(deps, me, name),
    commentRevision: (me, name, number, comment) => commentRevision(deps, me, name, number, comment),
    makeProduction: (me, name, number, once) => makeRevisionProduction(deps, me, name, number, once),
    removeRevision: (me, name, number) => removeRevision(deps, me, name, number),
    restoreRevision: (me, name, number, once) => restoreRevision(deps, me, name, number, once),
  };
}
