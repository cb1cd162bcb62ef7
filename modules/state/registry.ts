import type { StateModule } from '../../src/domain/contracts/state.ts';
import type { TaskAction } from '../../src/domain/contracts/task.ts';
import { approveblock } from './approveblock.ts';
import { audit } from './audit.ts';
import { checkpool } from './checkpool.ts';
import { classes } from './classes.ts';
import { closings } from './closings.ts';
import { commission } from './commission.ts';
import { discover } from './discover.ts';
import { heal } from './heal.ts';
import { checkpoint, image } from './image.ts';
import { inspect } from './inspect.ts';
import { inuse } from './inuse.ts';
import { invite } from './invite.ts';
import { makeproduction } from './makeproduction.ts';
import { newState } from './new.ts';
import { notify } from './notify.ts';
import { power } from './power.ts';
import { preload } from './preload.ts';
import { purge } from './purge.ts';
import { reboot } from './reboot.ts';
import { deleted, timeout } from './reclaim.ts';
import { reconcile } from './reconcile.ts';
import { reinstall } from './reinstall.ts';
import { reload } from './reload.ts';
import { reserved } from './reserved.ts';
import { seat } from './seat.ts';
import { tomaintenance } from './tomaintenance.ts';
import { waitlist } from './waitlist.ts';
import { watchbmcs } from './watchbmcs.ts';
import { watchnetworks } from './watchnetworks.ts';

/** By hand, so that the compiler, the dead-code check and "find references" all see it. */
export const states = {
  new: newState,
  reserved,
  inuse,
  deleted,
  timeout,
  reload,
  reinstall,
  reboot,
  image,
  checkpoint,
  makeproduction,
  purge,
  power,
  commission,
  inspect,
  tomaintenance,
  reconcile,
  heal,
  discover,
  watchbmcs,
  watchnetworks,
  notify,
  invite,
  audit,
  closings,
  waitlist,
  checkpool,
  approveblock,
  seat,
  classes,
  preload,
} satisfies Record<TaskAction, StateModule>;
