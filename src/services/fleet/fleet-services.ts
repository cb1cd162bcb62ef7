import type { ServiceDeps } from '../deps.ts';
import type { PoolServices } from '../pool-services.ts';
import type { Services } from '../services.ts';
import { addNewNodes } from './add-new-nodes.ts';
import { attention, countAttention, watchAttention } from './attention.ts';
import { ignoreMachine, listDiscovered, watchDiscovered } from './discovered.ts';
import { followOrders, watchOrders } from './follow-orders.ts';
import { health } from './health.ts';
import { inspectNode, watchNode } from './inspect-node.ts';
import { findLoads, getLoad, listLoads, loadConsole, loadsFor } from './loads.ts';
import { findNodes, getNode, listNodes } from './machines.ts';
import { createPool, poolChoices } from './new-pool.ts';
import { orderNode, previewOrder } from './order-node.ts';
import { placeNodes } from './place-nodes.ts';
import { planNodes } from './plan-nodes.ts';
import { checkPoolNetwork, poolNetwork } from './pool-network.ts';
import { editPool, findPools, listPools, poolSettings, removePool } from './pools.ts';
import { runningLoads, watchNodes } from './racks.ts';
import { retryAttention } from './retry-attention.ts';
import { setHardware } from './set-hardware.ts';
import { poolTest, testPool } from './test-pool.ts';

type Parts =
  | keyof PoolServices
  | 'findLoads'
  | 'placeNodes'
  | 'runningLoads'
  | 'watchNodes'
  | 'getLoad'
  | 'loadConsole'
  | 'listLoads'
  | 'loadsFor'
  | 'listNodes'
  | 'findNodes'
  | 'getNode'
  | 'listDiscovered'
  | 'watchDiscovered'
  | 'ignoreMachine'
  | 'planNodes'
  | 'addNewNodes'
  | 'inspectNode'
  | 'setHardware'
  | 'watchNode'
  | 'previewOrder'
  | 'orderNode'
  | 'followOrders'
  | 'watchOrders'
  | 'attention'
  | 'countAttention'
  | 'watchAttention'
  | 'retryAttention'
  | 'health'; // prettier-ignore

/** Everything about nodes, their pools, and what needs attention of them. */
export function fleetServices(deps: ServiceDeps): Pick<Services, Parts> {
  return {
    findLoads: (me, request) => findLoads(deps, me, request),
    placeNodes: (me, places) => placeNodes(deps, me, places),
    runningLoads: (me) => runningLoads(deps, me),
    watchNodes: (me, request, changed) => watchNodes(deps, me, request, changed),
    listLoads: (me, request) => listLoads(deps, me, request),
    loadConsole: (me, id) => loadConsole(deps, me, id),
    getLoad: (me, id) => getLoad(deps, me, id),
    loadsFor: (me, id) => loadsFor(deps, me, id),
    listNodes: (me, request) => listNodes(deps, me, request),
    findNodes: (me, request) => findNodes(deps, me, request),
    getNode: (me, id) => getNode(deps, me, id),
    listDiscovered: (me, request) => listDiscovered(deps, me, request),
    watchDiscovered: (me, changed) => watchDiscovered(deps, me, changed),
    ignoreMachine: (me, id, ignored) => ignoreMachine(deps, me, id, ignored),
    planNodes: async (me, request) => (await planNodes(deps, me, request)).map(({ row }) => row),
    addNewNodes: (me, request, once) => addNewNodes(deps, me, request, once),
    poolChoices: (me) => poolChoices(deps, me),
    createPool: (me, pool, once) => createPool(deps, me, pool, once),
    removePool: (me, id, version) => removePool(deps, me, id, version),
    testPool: (me, id, once) => testPool(deps, me, id, once),
    poolTest: (me, id) => poolTest(deps, me, id),
    poolNetwork: (me, id) => poolNetwork(deps, me, id),
    checkPoolNetwork: (me, id) => checkPoolNetwork(deps, me, id),
    poolSettings: (me, id) => poolSettings(deps, me, id),
    editPool: (me, id, changes) => editPool(deps, me, id, changes),
    inspectNode: (me, id) => inspectNode(deps, me, id),
    setHardware: (me, id, hardware, version) => setHardware(deps, me, id, hardware, version),
    watchNode: (me, id, changed) => watchNode(deps, me, id, changed),
    previewOrder: (me, id, order) => previewOrder(deps, me, id, order),
    orderNode: (me, id, order, once) => orderNode(deps, me, id, order, once),
    followOrders: (me, nodeIds) => followOrders(deps, me, nodeIds),
    watchOrders: (me, nodeIds, changed) => watchOrders(deps, me, nodeIds, changed),
    listPools: (me, request) => listPools(deps, me, request),
    findPools: (me, request) => findPools(deps, me, request),
    attention: (me) => attention(deps, me),
    countAttention: (me) => countAttention(deps, me),
    watchAttention: (me, changed) => watchAttention(deps, me, changed),
    retryAttention: (me, itemId) => retryAttention(deps, me, itemId),
    health: () => health(deps),
  };
}
