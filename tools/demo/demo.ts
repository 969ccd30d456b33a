// The whole story in one go: a data set is frozen and thawed by two real daemons.
import { appendFile, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteJournal } from '@permafrost/events/sqlite';
import { execa } from 'execa';
import { AUTHOR, HOST, Installation, runCli } from '../harness/installation.ts';
import { whyNoChattr } from '../harness/privilege.ts';
import { countImmutable } from '../harness/tree.ts';
import { makeDataSet } from './data-set.ts';
import { timeline } from './timeline.ts';

const say = (text: string): void => console.log(text);
const title = (text: string): void =>
  say(`\n── ${text} ${'─'.repeat(Math.max(0, 74 - text.length))}`);

const noChattr = await whyNoChattr();
if (noChattr) {
  say(`NOTE: chattr +i does not work here (${noChattr}).`);
  say('      The demo goes on with the simulated driver: nothing is really protected.');
}
const installation = await Installation.create(noChattr ? 'simulated' : 'chattr');
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}
try {
  await tell(installation);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function cleanUp(): Promise<void> {
  await installation[Symbol.asyncDispose]();
}

async function tell({ data, state, driver }: Installation): Promise<void> {
  const repo = join(data, 'plate-scan');
  title('A data set on a file server');
  await makeDataSet(repo);
  say(`${repo}: ${await count(repo)}`);

  title('Two daemons; all that they share is one journal');
  const regd = await installation.start('regd');
  const stad = await installation.start('stad');
  say(
    `regd is process ${regd.pid}, stad is process ${stad.pid}, the journal is ${state}/journal.db`,
  );

  title('Setting up');
  await run('init', 'registry', 'demo');
  await run('init', 'root', 'demo', data, '--host', HOST);
  await run('init', 'repo', 'demo', repo, '--author', AUTHOR);

  title('Freezing');
  await run('freeze', repo, '--author', AUTHOR);
  await run('status', repo);
  if (driver === 'chattr') {
    const { immutable, mutable } = await countImmutable(repo);
    say(`lsattr: ${immutable} entries immutable, ${mutable} not`);
  }
  await tryChanges(repo, driver === 'chattr' ? 'refused' : 'allowed');

  title('Thawing');
  await run('unfreeze', repo, '--author', AUTHOR);
  await tryChanges(repo, 'allowed');

  title('The journal, in the order in which it was written');
  const journal = await openSqliteJournal({ path: join(state, 'journal.db') });
  say(await timeline(journal));
  await journal.close();

  title("The shadow repo's history of the tree");
  const { stdout: shadows } = await execa('find', [state, '-name', '.git', '-prune']);
  const format = '--format=%h  %an  %s';
  const { stdout } = await execa('git', [
    '--git-dir',
    shadows,
    'log',
    format,
    '--shortstat',
    'master-stat',
  ]);
  say(stdout);

  title('Verified');
  await run('verify');
}

/** Runs a command as a person would, and shows it. */
async function run(...args: string[]): Promise<void> {
  const words = args.map((arg) => (/[\s<>]/.test(arg) ? `'${arg}'` : arg));
  say(`$ permafrost ${words.join(' ')}`);
  const { exitCode, stdout, stderr } = await runCli(['--state', installation.state, ...args]);
  for (const text of [stderr, stdout]) if (text) say(text.replace(/^/gm, '  '));
  if (exitCode !== 0)
    throw new Error(`permafrost ${args.join(' ')} ended with exit code ${exitCode}`);
}

async function tryChanges(repo: string, expected: 'refused' | 'allowed'): Promise<void> {
  const before = await readFile(join(repo, 'README.md'));
  const attempts: [string, () => Promise<void>][] = [
    ['write to README.md', () => appendFile(join(repo, 'README.md'), 'One more line.\n')],
    ['add a file', () => writeFile(join(repo, 'analysis/new.txt'), 'new\n')],
    ['delete a file', () => unlink(join(repo, 'raw/plate-01/img_0001.tif'))],
  ];
  for (const [what, attempt] of attempts) {
    const outcome = await attempt().then(
      () => 'allowed',
      (error: unknown) => `refused: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    );
    say(`  ${what}: ${outcome}`);
    if (!outcome.startsWith(expected)) throw new Error(`expected that to be ${expected}`);
  }
  if (expected === 'refused' && !before.equals(await readFile(join(repo, 'README.md')))) {
    throw new Error('README.md changed although it is frozen');
  }
}

async function count(repo: string): Promise<string> {
  const { stdout } = await execa('find', [repo, '-type', 'f']);
  return `${stdout.split('\n').length} files`;
}
