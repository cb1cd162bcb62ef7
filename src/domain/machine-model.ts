/** Which kind of machine it is, as its BMC says (JSON, as it is kept); empty of one without, which is of its pool's kind. */
export function modelOf(bmcInfo: string | null): string {
  const { manufacturer, product } = JSON.parse(bmcInfo ?? '{}') as Readonly<Record<string, unknown>>;
  return [manufacturer, product]
    .filter((word) => typeof word === 'string')
    .join(' ')
    .slice(0, 120);
}
