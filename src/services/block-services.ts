import { askBlock } from './blocks/ask.ts';
import { changeBlock, changeBlockDate } from './blocks/change.ts';
import { claim, ownClass, ownClasses, watchClass } from './blocks/claim.ts';
import { endClass, goOnWithClass } from './blocks/day/end-class.ts';
import { extendClass } from './blocks/day/extend-class.ts';
import { giveExtra } from './blocks/day/extra-minutes.ts';
import { giveAnother } from './blocks/day/give-another.ts';
import { sayToClass } from './blocks/day/say-to-class.ts';
import { startFor } from './blocks/day/start-for.ts';
import { approveBlock, rejectBlock, withdrawBlock } from './blocks/decide.ts';
import { previewBlock } from './blocks/preview.ts';
import { inspectBlock, listBlocks } from './blocks/read.ts';
import { wall, watchWall } from './blocks/wall.ts';
import type { BlockServices } from './blocks.ts';
import type { ServiceDeps } from './deps.ts';

export function blockServices(deps: ServiceDeps): BlockServices {
  return {
    previewBlock: (me, wish, id) => previewBlock(deps, me, wish, id),
    askBlock: (me, wish, once) => askBlock(deps, me, wish, once),
    changeBlock: (me, id, wish, version) => changeBlock(deps, me, id, wish, version),
    changeBlockDate: (me, id, dateId, choice) => changeBlockDate(deps, me, id, dateId, choice),
    listBlocks: async (me, request) => listBlocks(deps, me, request),
    inspectBlock: (me, id) => inspectBlock(deps, me, id),
    approveBlock: (me, id, decision, once) => approveBlock(deps, me, id, decision, once),
    rejectBlock: (me, id, reason, once) => rejectBlock(deps, me, id, reason, once),
    withdrawBlock: (me, id, once) => withdrawBlock(deps, me, id, once),
    ownClass: (me, dateId) => ownClass(deps, me, dateId),
    watchClass: (me, dateId, changed) => watchClass(deps, me, dateId, changed),
    ownClasses: (me) => ownClasses(deps, me),
    wall: (me, id, dateId) => wall(deps, me, id, dateId),
    watchWall: (me, id, dateId, changed) => watchWall(deps, me, id, dateId, changed),
    claim: (me, dateId, once) => claim(deps, me, dateId, once),
    sayToClass: (me, id, dateId, text, once) => sayToClass(deps, me, id, dateId, text, once),
    extendClass: (me, id, dateId, minutes, once) => extendClass(deps, me, id, dateId, minutes, once),
    endClass: (me, id, dateId, once) => endClass(deps, me, id, dateId, once),
    goOnWithClass: (me, id, dateId, once) => goOnWithClass(deps, me, id, dateId, once),
    giveExtra: (me, id, dateId, extra, once) => giveExtra(deps, me, id, dateId, extra, once),
    giveAnother: (me, id, dateId, person, once) => giveAnother(deps, me, id, dateId, person, once),
    startFor: (me, id, dateId, person, once) => startFor(deps, me, id, dateId, person, once),
  };
}
