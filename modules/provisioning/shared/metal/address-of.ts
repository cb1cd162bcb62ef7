/** `10.0.0.1:8070`, `[fd00::1]:8070`; null for an empty text. */
export function addressOf(text: string): { readonly host: string; readonly port: number } | null {
  const at = text.lastIndexOf(':');
  if (at < 0) return null;
  return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) };
}
