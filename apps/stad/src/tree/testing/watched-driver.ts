// Drivers for tests of the walk: they stand before another driver and see, or spoil, what it does.
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AttributeDriver, Entry, FlagState, Outcome, Swept } from '../attribute-driver.ts';
import { byteName, type ByteName } from '../names.ts';

/** Where the entry is now. */
function placeOfEntry({ fd, name }: Entry): ByteName {
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
  const watched: AttributeDriver = {
    name: driver.name,
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
  const sweep = driver.sweep?.bind(driver);
  if (!sweep) return watched;
  return {
    ...watched,
    async sweep(directories, order, signal) {
      const files = directories.flatMap(({ fd, isBegun }) => (isBegun ? [] : filesIn(fd)));
      const paths = files.map(placeOfEntry);
      interference.beforeRead?.(paths);
      if (!order.mayWrite) return sweep(directories, order, signal);
      if (paths.length > 0) interference.beforeWrite?.(paths, order.wanted);
      const spoiled = files.flatMap((file) => {
        const outcome = interference.insteadOfWrite?.(placeOfEntry(file));
        return outcome === undefined ? [] : [{ ...file, outcome }];
      });
      // What is a mount point is left alone, and so is what is said to be one.
      const without = directories.map((directory) => ({
        ...directory,
        mountPoints: [...directory.mountPoints, ...namesOf(spoiled, directory.fd)],
      }));
      const answers = await sweep(without, order, signal);
      return answers.map((swept, index): Swept => {
        const here = spoiled.filter(({ fd }) => fd === directories[index]?.fd);
        return {
          ...swept,
          mounts: swept.mounts - here.length,
          files: swept.files + here.length,
          wrong: [...swept.wrong, ...here.filter(({ outcome }) => outcome !== order.wanted)],
        };
      });
    },
  };
}

function filesIn(fd: number): readonly Entry[] {
  const found = readdirSync(`/proc/self/fd/${fd}`, { withFileTypes: true, encoding: 'buffer' });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => ({ fd, name: byteName(entry.name) }));
}

function namesOf(entries: readonly Entry[], ofFd: number): readonly ByteName[] {
  return entries.filter(({ fd }) => fd === ofFd).map(({ name }) => name);
}
