// Drivers for tests of the walk: they stand before another driver and see, or spoil, what it does.
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AttributeDriver, Entry, FlagState, Outcome } from '../attribute-driver.ts';
import type { ByteName } from '../names.ts';

/** Where the entry is now. */
export function placeOfEntry({ fd, name }: Entry): ByteName {
  return join(readlinkSync(`/proc/self/fd/${fd}`, 'latin1'), name);
}

export type Interference = Readonly<{
  beforeRead?: (paths: readonly string[]) => void;
  beforeWrite?: (paths: readonly string[], wanted: FlagState) => void;
  /** What is said of an entry instead of changing it; undefined to let the change happen. */
  insteadOfWrite?: (path: string) => Outcome | undefined;
}>;

export function watchedDriver(
  driver: AttributeDriver,
  interference: Interference,
): AttributeDriver {
  return {
    read(entries, signal) {
      interference.beforeRead?.(entries.map(placeOfEntry));
      return driver.read(entries, signal);
    },
    async write(entries, wanted, signal) {
      interference.beforeWrite?.(entries.map(placeOfEntry), wanted);
      const spoiled = entries.map((entry) => interference.insteadOfWrite?.(placeOfEntry(entry)));
      const sound = entries.filter((_, index) => spoiled[index] === undefined);
      const answers = (await driver.write(sound, wanted, signal)).values();
      return spoiled.map((outcome) => outcome ?? answers.next().value ?? { errno: 'EIO' });
    },
  };
}
