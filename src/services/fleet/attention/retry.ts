/** The button of an item: what it does stands in retry-attention.ts. */
export function retry(id: string, label = 'Try again') {
  return { label, path: `/attention/${id}/retry` };
}
