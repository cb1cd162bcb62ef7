import type { Aim, ForeseenNode } from '../../../src/domain/contracts/predictive.ts';

/** What is booked on a machine soon goes before all else, in every module (vcl.md 4.4). */
export function spokenFor(nodes: readonly ForeseenNode[]): { aims: Aim[]; others: ForeseenNode[] } {
  const aims: Aim[] = [];
  const others: ForeseenNode[] = [];
  for (const node of nodes) {
    if (node.next === null) others.push(node);
    else
      aims.push({
        nodeId: node.id,
        imageId: node.next.imageId,
        because: { why: 'booked', at: node.next.at },
      });
  }
  return { aims, others };
}
