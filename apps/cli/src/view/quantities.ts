// Numbers as people read them.

/** A whole number. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Such as `1.5 GiB`. */
export function bytesWords(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${power === 0 ? count(value) : value.toFixed(1)} ${UNITS[power] ?? ''}`;
}
