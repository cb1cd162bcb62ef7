import type { SignedIn } from '../../src/services/views.ts';
import type { Lab } from './lab.ts';

/** What each node holds, and why it is to hold something, in the order of nodes. */
export async function holdings(lab: Lab, admin: SignedIn): Promise<string[]> {
  const { items } = await lab.services.listNodes(admin, { limit: 100 });
  return Promise.all(
    items.map(async ({ id, image }) => {
      const { aim } = await lab.services.inspectNode(admin, id);
      return `${image} ${aim?.because.why ?? ''}`.trim();
    }),
  );
}
