// SIGKILL at random times, of both daemons, while a repo is frozen and thawed again and again. The
// labelled points of crash.test.ts are exact; these hit what lies between them.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { AUTHOR, Installation, type CliResult } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable, writeTree } from '../harness/tree.ts';

const noChattr = await whyNoChattr();
const driver = noChattr ? 'simulated' : 'chattr';

const ROUNDS = Number(process.env['PERMAFROST_TEST_KILL_ROUNDS'] ?? '5');
/** About as long as a workflow takes with the start of a daemon in it. */
const KILL_WITHIN_MS = 1500;

it(`ends as if nothing had happened, ${ROUNDS} times`, async () => {
  await using installation = await Installation.create(driver);
  const repo = join(installation.data, 'repo');
  const names = Array.from({ length: 300 }, (_, index) => `${index % 10}/${index}.txt`);
  await writeTree(repo, Object.fromEntries(names.map((name) => [name, name])));
  await installation.setUp();
  await installation.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
  for (let round = 0; round < ROUNDS; round++) {
    const direction = round % 2 === 0 ? 'freeze' : 'unfreeze';
    const args = [direction, repo, '--author', AUTHOR, '--timeout', '120s'];
    let ending: Promise<CliResult> = installation.cli(...args);
    for (const victim of round % 3 === 0 ? (['stad', 'regd'] as const) : (['stad'] as const)) {
      await setTimeout(Math.random() * KILL_WITHIN_MS);
      await installation.daemons.get(victim)?.stop('SIGKILL');
      await installation.start(victim);
    }
    const result = await ending;
    // A client whose call was cut off before regd had answered asks again, as a person would.
    if (result.exitCode === 3) {
      ending = installation.cli(...args);
      await ending;
    }
    const { stdout } = await installation.cliOk('--json', 'status', repo);
    const tier = direction === 'freeze' ? 'frozen' : 'online';
    expect(JSON.parse(stdout), result.stderr).toMatchObject({ tier });
    if (!noChattr) {
      const { immutable, mutable } = await countImmutable(repo);
      expect(direction === 'freeze' ? mutable : immutable).toBe(0);
    }
    await installation.cliOk('verify');
  }
}, 600_000);
