/** Networks that machines could not start from, or start something else from. */
import type { PoolRow } from '../../../../db/rows.ts';
import { networkChecks } from '../pool-network.ts';
import type { AttentionKind } from './kind.ts';

const rows = 'FROM pools p WHERE p.network_wrong_since IS NOT NULL';

export const wrongNetworks: AttentionKind = {
  rows,
  async list(reader) {
    const pools = await reader.rows<PoolRow>(`SELECT p.* ${rows} ORDER BY p.name LIMIT 500`);
    return pools.map((pool) => {
      const wrong = networkChecks(pool).filter(({ result }) => result === 'wrong');
      const path = `/pools/${pool.id}/network`;
      return {
        ...{ id: `network-${pool.id}`, kind: 'network', since: Number(pool.network_wrong_since) },
        text: `The imaging network of ${pool.name}: ${wrong.map(({ says }) => says).join(' ')}`,
        hits: `everybody who wants a machine of ${pool.name}`,
        about: path,
        action: { label: 'What to do', path, link: true },
      };
    });
  },
};
