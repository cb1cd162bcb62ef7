import type { AttentionKind } from './kind.ts';

const rows = `FROM node_commissions c JOIN nodes n ON n.id = c.node_id
  WHERE c.outcome = 'failed' AND n.state = 'maintenance' AND c.id = (SELECT MAX(l.id) FROM node_commissions l WHERE l.node_id = n.id)`;

/** They stay out of service until somebody has looked. */
export const failedCommissions: AttentionKind = {
  rows,
  async list(reader) {
    const found = await reader.rows<{ id: number; name: string; says: string | null; ended_at: number }>(
      `SELECT n.id, n.name, c.says, c.ended_at ${rows} ORDER BY c.id LIMIT 500`,
    );
    return found.map(({ id, name, says, ended_at: since }) => ({
      ...{ id: `commission-${id}`, kind: 'node', since: Number(since), hits: null },
      text: `Machine ${name} did not pass its commissioning. ${says ?? ''}`.trim(),
      about: `/nodes/${id}`,
      action: { label: 'Look', path: `/nodes/${id}`, link: true },
    }));
  },
};
