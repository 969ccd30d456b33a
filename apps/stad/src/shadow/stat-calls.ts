// Asks the kernel what an entry of an open directory is. A snapshot does it once an entry, so that
// it is what a snapshot takes its time for.
import { fstatSync, lstatSync } from 'node:fs';
import { rawOf } from '../byte-string.ts';
import { entryStats, type StatCalls } from './entry-stats.ts';

export const nodeStatCalls: StatCalls = {
  ofOpen: (fd) => entryStats(fstatSync(fd, { bigint: true })),
  ofEntry(fd, name) {
    // Node cannot name an entry by its directory's descriptor.
    const path = rawOf(`/proc/self/fd/${fd}/${name}`);
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && entryStats(stats);
  },
};

/** The system call itself takes half the time, where it can be made. */
const byStatx = await import('./statx.ts').then(
  (module) => module.statxCalls(),
  () => undefined, // No binary of koffi for this machine.
);

export const statCalls: StatCalls = byStatx ?? nodeStatCalls;
