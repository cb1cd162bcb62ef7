import type { ServiceDeps } from '../deps.ts';
import type { Services } from '../services.ts';
import { attention, retryAttention } from './attention.ts';
import { health } from './health.ts';
import { findNodes, getNode, listAllocations, listNodes, listPools } from './machines.ts';

type Parts =
  | 'listNodes'
  | 'findNodes'
  | 'getNode'
  | 'listPools'
  | 'listAllocations'
  | 'attention'
  | 'retryAttention'
  | 'health'; // prettier-ignore

/** Everything about nodes, their pools, and what needs attention of them. */
export function fleetServices(deps: ServiceDeps): Pick<Services, Parts> {
  return {
    listNodes: (me, request) => listNodes(deps, me, request),
    findNodes: (me, request) => findNodes(deps, me, request),
    getNode: (me, id) => getNode(deps, me, id),
    listPools: (me, request) => listPools(deps, me, request),
    listAllocations: (me, request) => listAllocations(deps, me, request),
    attention: (me) => attention(deps, me),
    retryAttention: (me, itemId) => retryAttention(deps, me, itemId),
    health: () => health(deps),
  };
}
