// A second daemon of a kind harms nothing while the first is there, and takes over when it is gone.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AUTHOR, Installation, runCli } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';

const ROUNDS = 3;
const MINUTE_MS = 60_000;

it(
  'two regds and two stads work side by side, and those who are left go on alone',
  async () => {
    await using installation = await Installation.create(driver);
    const repos = ['one', 'two', 'three'].map((name) => join(installation.data, name));
    for (const repo of repos) {
      await mkdir(repo);
      await writeTree(repo, { 'a.txt': 'a', 'dir/b.txt': 'b' });
    }
    await installation.setUp();
    const first = { ...Object.fromEntries(installation.daemons) };
    const other = `unix:${join(installation.state, 'other.sock')}`;
    await installation.start('regd', { args: ['--listen', other] });
    await installation.start('stad');
    for (const repo of repos)
      await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);

    const { stdout } = await installation.cliOk('--json', 'status');
    const { daemons } = JSON.parse(stdout) as { daemons: { daemon: string; alive: boolean }[] };
    const alive = daemons.filter((daemon) => daemon.alive).map(({ daemon }) => daemon);
    expect(alive.toSorted()).toEqual(['regd', 'regd', 'stad', 'stad']);

    const all = async (direction: string): Promise<void> => {
      const results = repos.map((repo, index) => {
        const through = index % 2 === 0 ? ['--server', other] : ['--state', installation.state];
        return runCli([...through, direction, repo, '--author', AUTHOR, '--timeout', '60s']);
      });
      for (const { exitCode, stderr } of await Promise.all(results))
        expect(exitCode, stderr).toBe(0);
    };
    for (let round = 0; round < ROUNDS; round++) {
      await all('freeze');
      await all('unfreeze');
    }
    await installation.cliOk('verify');

    const [repo = ''] = repos;
    const begin = ['--json', '--server', other, 'freeze', repo, '--author', AUTHOR, '--no-wait'];
    const begun = await runCli(begin);
    const { id } = JSON.parse(begun.stdout) as { id: string };
    await Promise.all([first['regd']?.stop('SIGKILL'), first['stad']?.stop('SIGKILL')]);
    const again = ['--server', other, 'freeze', repo, '--author', AUTHOR, '--workflow', id];
    const ended = await runCli([...again, '--timeout', '60s']);
    expect(ended.exitCode, ended.stderr).toBe(0);
    if (!noChattr) expect((await countImmutable(repo)).mutable).toBe(0);
    expect((await runCli(['--server', other, 'verify'])).exitCode).toBe(0);
  },
  3 * MINUTE_MS,
);
