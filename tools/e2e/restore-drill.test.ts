// The drill of docs/operations.md ("Backup", "Restore"), step by step: a backup while the daemons
// run, work after it, the loss of the journal, and the way back.
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUTHOR, Installation } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();

describe('a journal that was lost', () => {
  it('comes back from its backup, and check finds what happened since', async (test) => {
    if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
    await using site = await Installation.create('chattr');
    const repo = join(site.data, 'repo');
    await writeTree(repo, { 'a.txt': 'a', 'dir/b.txt': 'b' });
    await site.setUp();
    await site.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
    await site.cliOk('freeze', repo, '--author', AUTHOR);

    const backup = join(site.top, 'journal-backup.db');
    const { stdout } = await site.cliOk('--json', 'backup', backup);
    const { events } = JSON.parse(stdout) as { events: number };
    await site.cliOk('unfreeze', repo, '--author', AUTHOR);

    for (const daemon of site.daemons.values()) await daemon.stop();
    const inTheWay = await site.cli('--json', 'restore', backup);
    expect(inTheWay.exitCode).toBe(1);
    expect(JSON.parse(inTheWay.stdout)).toMatchObject({ error: { code: 'BACKUP_REFUSED' } });
    await moveJournalAway(site);
    const restored = await site.cliOk('--json', 'restore', backup);
    expect(JSON.parse(restored.stdout)).toMatchObject({ events });

    await site.start('regd');
    await site.start('stad');
    await site.cliOk('verify');
    expect(JSON.parse((await site.cliOk('--json', 'status', repo)).stdout)).toMatchObject({
      repoTier: 'frozen',
    });
    expect(await site.cli('check', repo)).toMatchObject({ exitCode: 1 });
    expect(await countImmutable(repo)).toEqual({ immutable: 0, mutable: 4 });
    const reason = 'restored from backup';
    await site.cliOk('check', repo, '--repair', '--author', AUTHOR, '--reason', reason);
    expect(await countImmutable(repo)).toEqual({ immutable: 4, mutable: 0 });
    await site.cliOk('check', repo);
  }, 120_000);
});

async function moveJournalAway({ state, top }: Installation): Promise<void> {
  const lost = join(top, 'lost');
  await mkdir(lost);
  const files = (await readdir(state)).filter((name) => name.startsWith('journal.db'));
  for (const name of files) await rename(join(state, name), join(lost, name));
}
