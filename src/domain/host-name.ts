/** What of a node's name may be a host name (RFC 1123): small letters, digits and hyphens, 63 at most. */
export function hostName(nodeName: string): string {
  const usable = nodeName
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return usable === '' ? 'machine' : usable;
}
