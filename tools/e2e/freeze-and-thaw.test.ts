// The flow, once through, with two real processes and the real attribute: what people see, and what
// the disk says.
import { appendFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHOR, Installation } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';
import { eventTypes } from './event-types.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';

describe(`a repo, frozen and thawed by two daemons (driver ${driver})`, () => {
  let installation: Installation;
  let repo: string;
  const outside = 'outside.txt';

  beforeAll(async () => {
    installation = await Installation.create(driver);
    repo = join(installation.data, 'repo');
    await writeTree(repo, {
      'a.txt': 'a',
      'dir/b.txt': 'b',
      'dir/deep/-rf': 'leading dash',
      'dir/deep/new\nline': 'newline',
    });
    await writeTree(installation.data, { [outside]: 'not ours' });
    await symlink(join('..', outside), join(repo, 'link'));
    await installation.setUp();
    await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
  });

  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it('freezes', async () => {
    const { stderr } = await installation.cliOk('freeze', repo, '--author', AUTHOR);
    expect(stderr).toContain(repo);
    const { stdout } = await installation.cliOk('--json', 'status', repo);
    expect(JSON.parse(stdout)).toMatchObject({ globalPath: repo });
  });

  it('has the attribute on every entry, and on nothing outside', async (test) => {
    if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
    // Files: a.txt, b.txt, -rf, new\nline. Directories: the top, dir, deep.
    const { stdout } = await execa('find', [
      repo,
      '(',
      '-type',
      'f',
      '-o',
      '-type',
      'd',
      ')',
      '-printf',
      'x',
    ]);
    expect(stdout).toHaveLength(7);
    const { immutable } = await countImmutable(join(repo, 'dir'));
    expect(immutable).toBeGreaterThanOrEqual(4);
    await appendFile(join(installation.data, outside), '.');
  });

  it('refuses to write, add, and delete', async (test) => {
    if (noChattr) test.skip(`skipped: no chattr +i here: ${noChattr}`);
    const eperm = expect.objectContaining({ code: 'EPERM' }) as unknown;
    await expect(appendFile(join(repo, 'a.txt'), 'x')).rejects.toEqual(eperm);
    await expect(writeFile(join(repo, 'dir/new'), 'x')).rejects.toEqual(eperm);
    await expect(unlink(join(repo, 'dir/b.txt'))).rejects.toEqual(eperm);
  });

  it('refuses to freeze what is frozen, and says why', async () => {
    const { exitCode, stderr } = await installation.cli('freeze', repo, '--author', AUTHOR);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('is frozen already');
  });

  it('thaws', async () => {
    await installation.cliOk('unfreeze', repo, '--author', AUTHOR);
    await appendFile(join(repo, 'a.txt'), 'x');
    await writeFile(join(repo, 'dir/new'), 'x');
    await rm(join(repo, 'dir/b.txt'));
  });

  it('has written the events of the flow, batch by batch, in its order', async () => {
    expect(await eventTypes(installation)).toEqual([
      'main MainInitialized',
      'main RegistryAccepted',
      'registry RegistryAdded',
      'main RegistryConfirmed',
      'registry EphemeralWorkflowsEnabled',
      'registry RootAdded',
      'registry RepoAccepted',
      'repo RepoInitStarted',
      'repo ShadowRepoCreated',
      'registry RepoAdded',
      ...['freeze', 'unfreeze'].flatMap((direction) => [
        `workflow WorkflowStarted ${direction}`,
        `index WorkflowIndexed ${direction}`,
        `registry RepoStorageStarted ${direction}`,
        `repo StorageStarted ${direction}`,
        `workflow FilesStarted ${direction}`,
        `workflow FilesCompleted ${direction}`,
        `repo StorageCompleted ${direction}`,
        `registry RepoStorageCompleted ${direction}`,
        `workflow WorkflowCompleted ${direction}`,
        `index IndexedWorkflowCompleted ${direction}`,
        `workflow WorkflowCommitted ${direction}`,
      ]),
    ]);
  });

  it('has recorded both in the shadow repo, by the author', async () => {
    const { stdout: gitDir } = await execa('find', [installation.state, '-name', '.git', '-prune']);
    const git = ['--git-dir', gitDir];
    const { stdout: log } = await execa('git', [
      ...git,
      'log',
      '--format=%an <%ae>',
      'master-stat',
    ]);
    expect(log.split('\n')).toEqual([AUTHOR, AUTHOR, AUTHOR, AUTHOR]);
    const attrs = async (commit: string): Promise<string> =>
      (await execa('git', [...git, 'show', `${commit}:.nogtree`])).stdout;
    expect(await attrs('master-stat')).toContain('attrs: ""');
    expect(await attrs('master-stat~1')).toContain('attrs: "i"');
    const { stdout: status } = await installation.cliOk('--json', 'status', repo);
    const { stdout: head } = await execa('git', [...git, 'rev-parse', 'master-stat']);
    expect(JSON.parse(status)).toMatchObject({ lastWorkflow: { snapshotCommit: head } });
    await execa('git', [...git, 'fsck', '--strict']);
  });

  it('verifies', async () => {
    await installation.cliOk('verify');
  });
});
