// Directories and figures that several benchmarks need.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory on the disk of the system's temporary files, and how to remove it. */
export function scratchDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'permafrost-bench-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** How often something happened a second, when it happened `count` times during `work`. */
export async function perSecond(count: number, work: () => unknown): Promise<number> {
  return count / ((await elapsedMs(work)) / 1000);
}

export async function elapsedMs(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
