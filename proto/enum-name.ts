/**
 * The name that a number has on the wire, for example `EV_FSO_REPO_ADDED`; undefined if the enum has
 * no such number, since a message may hold numbers from a newer sender.
 */
export function enumName(
  values: Readonly<Record<string, number>>,
  value: number,
): string | undefined {
  return Object.keys(values).find((name) => values[name] === value);
}
