// Either daemon is killed with SIGKILL before and after everything that it does to the world, one
// point a run, until there is no further point. Nobody helps: the daemon is started again, and the
// command that waits must end as if nothing had happened.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CRASH_AT } from '../harness/crash-at.ts';
import type { DaemonName, DaemonProcess } from '../harness/daemon-process.ts';
import { AUTHOR, Installation } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';
const crashPoints = fileURLToPath(new URL('../harness/crash-points.ts', import.meta.url));

/** More than any of the workflows has; reaching it would mean that the test does not end. */
const POINTS_MAX = 60;

type Run = readonly [victim: DaemonName, direction: 'freeze' | 'unfreeze'];

/** A freeze and a thaw are one machine: each daemon is killed in one of them, unless all is wanted. */
const runs: readonly Run[] = [
  ['regd', 'unfreeze'],
  ['stad', 'freeze'],
];
const others: readonly Run[] = [
  ['regd', 'freeze'],
  ['stad', 'unfreeze'],
];
const takesAll = process.env['PERMAFROST_TEST_CRASHES'] === 'all';

describe.each(takesAll ? [...runs, ...others] : runs)(
  '%s killed during %s',
  (victim, direction) => {
    it(
      'ends as if nothing had happened, wherever it was killed',
      { timeout: 600_000 },
      async () => {
        await using installation = await Installation.create(driver);
        const repo = join(installation.data, 'repo');
        await writeTree(repo, { 'a.txt': 'a', 'dir/b.txt': 'b', 'dir/deep/c.txt': 'c' });
        await installation.setUp();
        await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
        const opposite = direction === 'freeze' ? 'unfreeze' : 'freeze';
        if (direction === 'unfreeze') await installation.cliOk(opposite, repo, '--author', AUTHOR);

        const labels: string[] = [];
        for (let at = 1; at <= POINTS_MAX; at++) {
          await installation.daemons.get(victim)?.stop('SIGKILL');
          const env = { [CRASH_AT]: String(at) };
          const daemon = await installation.start(victim, { env, imports: [crashPoints] });
          const ending = installation.cli(direction, repo, '--author', AUTHOR, '--timeout', '60s');
          await Promise.race([daemon.ended(), ending]);
          // After its last commit the command may end before it is known here that the daemon has died.
          const isKilled = (await daemon.stop()).signal === 'SIGKILL';
          const label = isKilled ? labelOf(daemon) : 'no further point';
          if (isKilled) await installation.start(victim);
          const { exitCode, stderr } = await ending;
          expect(exitCode, `${label}: ${stderr}`).toBe(0);
          if (!isKilled) break;
          labels.push(label);
          await expectDisk(repo, direction);
          await installation.cliOk('verify');
          await installation.cliOk(opposite, repo, '--author', AUTHOR);
        }
        expect(labels.length).toBeLessThan(POINTS_MAX);
        expect(labels).toContain('before commit');
        expect(labels).toContain('after commit');
        if (victim === 'stad') expect(labels).toContain('after write attributes');
      },
    );
  },
);

function labelOf(daemon: DaemonProcess): string {
  const line = daemon.lines.find(({ msg }) => msg === 'crash point');
  if (!line) throw new Error(`${daemon.name} ended by itself:\n${daemon.logText()}`);
  return String(line['label']);
}

async function expectDisk(repo: string, direction: 'freeze' | 'unfreeze'): Promise<void> {
  if (driver === 'simulated') return;
  const { immutable, mutable } = await countImmutable(repo);
  expect(direction === 'freeze' ? mutable : immutable).toBe(0);
  if (direction === 'unfreeze') await appendFile(join(repo, 'a.txt'), '.');
}
