// What `npm run pack` makes, installed into an empty folder, as a site would do it: it must run
// without the checkout, and do the whole story.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHOR, Installation, runCli } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { installPacked } from '../harness/packed-programs.ts';
import type { Programs } from '../harness/programs.ts';
import { writeTree } from '../harness/tree.ts';
import { version } from '../pack/programs.ts';

const driver = (await whyNoChattr()) ? 'simulated' : 'chattr';

describe(`the packed programs (driver ${driver})`, () => {
  let folder: string;
  let programs: Programs;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'permafrost-packed-'));
    programs = await installPacked(folder);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tell the version of the checkout', async () => {
    for (const path of Object.values(programs)) {
      expect((await execa(process.execPath, [path, '--version'])).stdout).toBe(version);
    }
  });

  it('print scripts for shells', async () => {
    const { stdout } = await runCli(['completion', 'bash'], programs);
    expect(stdout).toContain('complete -F');
  });

  it('freeze and thaw a repo, and verify', { timeout: 60_000 }, async () => {
    await using installation = await Installation.create(driver, tmpdir(), programs);
    await installation.setUp();
    const repo = join(installation.data, 'repo');
    await writeTree(repo, { 'a.txt': 'a', 'b/c.txt': 'c' });
    const author = ['--author', AUTHOR];
    await installation.cliOk('init', 'repo', 'demo', repo, ...author);
    await installation.cliOk('freeze', repo, ...author);
    const write = (): Promise<void> => writeFile(join(repo, 'a.txt'), 'b');
    if (driver === 'chattr') await expect(write()).rejects.toThrow('EPERM');
    await installation.cliOk('unfreeze', repo, ...author);
    await write();
    await installation.cliOk('verify');
  });
});
