// @ts-check
// The name that the server makes of a title (domain/image-names.ts), shown while it is typed. No DOM.

/**
 * @param {string} title
 * @returns {string} empty when nothing of the title may be in a name
 */
export function nameFromTitle(title) {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '');
}
