// What is typed wrongly, and what is typed at random.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandLine } from './command-line.ts';
import { exitCode } from './exit-code.ts';
import { permafrost } from './program.ts';
import { runCli } from './testing/run-cli.ts';
import { AUTHOR, REPO_PATH, WORKFLOW_ID } from './testing/samples.ts';

/** All of the commands at and below one, as the words that are typed for them. */
function commandsOf(command: Command, words: readonly string[] = []): string[] {
  const below = command.commands.flatMap((one) => commandsOf(one, [...words, one.name()]));
  return [words.join(' '), ...below];
}

const nowhere = ['--state', join(tmpdir(), 'permafrost-is-not-here')] as const;

describe('in this process', () => {
  let stdout: string;
  let stderr: string;

  beforeEach(() => {
    stdout = stderr = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      stdout += String(chunk);
      return true;
    });
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      stderr += String(chunk);
      return true;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([
    [[], 'Usage: permafrost'],
    [['statsu'], 'Did you mean status?'],
    [['init', 'rot'], 'Did you mean root?'],
    [['freeze'], "missing required argument 'path-or-id'"],
    [['freeze', 'a', 'b'], 'too many arguments'],
    [['events', 'repo', ''], 'must not be empty'],
    [['freeze', 'a', '--nowait'], 'Did you mean --no-wait?'],
    [['freeze', 'a', '--workflow', 'x'], 'It must be a UUID.'],
    [['freeze', 'a', '--author', 'A U Thor'], `Write it as '${AUTHOR}'.`],
    [['freeze', 'a', '--author', ' <a@b>'], `Write it as '${AUTHOR}'.`],
    [['freeze', 'a', '--timeout', '10'], 'Write a number and a unit'],
    [['freeze', 'a', '--timeout', '1h oops'], 'Write a number and a unit'],
    [['freeze', 'a', '--timeout', '0s'], 'at least 1ms'],
    [['freeze', 'a', '--timeout', '1y'], 'at most 24d'],
    [['cancel'], "missing required argument 'workflow-or-path'"],
    [['cancel', 'a', '--force', '--author', AUTHOR], '--force needs a --reason'],
    [['cancel', 'a', '--reason', ''], 'must not be empty'],
    [['workflows', 'lab', '--stuck', '--all'], 'cannot be used with'],
    [['workflows', 'lab', '--for', '10'], 'Write a number and a unit'],
    [['gc', '--older-than', '-1d'], 'Write a number and a unit'],
    [['init', 'registry', 'Lab'], 'lower-case letters'],
    [['init', 'root', 'lab', '/data'], "required option '--host <name>' not specified"],
    [['init', 'root', 'lab', '', '--host', 'h'], 'must not be empty'],
    [['init', 'root', 'lab', '/data', '--host', ''], 'must not be empty'],
    [['init', 'repo', 'lab', ''], 'must not be empty'],
    [['init', 'repo', 'lab', '/nowhere/\ufffd', '--author', AUTHOR], 'is no UTF-8'],
    [['init', 'repo', 'lab', '/data/x', '--uuid', 'x'], 'It must be a UUID.'],
    [['events', 'repos', REPO_PATH], 'Allowed choices are registry, repo, workflow, index'],
    [['events', 'workflow', 'x'], 'It must be a UUID.'],
    [['events', 'index', 'Lab'], 'lower-case letters'],
    [['events', 'workflow', WORKFLOW_ID, '--after', 'x'], 'the id of an event'],
    [['--server', 'x', 'status'], 'Write unix:FILE or HOST:PORT.'],
    [['--server', 'unix:/x', '--state', '/x', 'status'], 'cannot be used with'],
    [['--state', '', 'status'], 'must not be empty'],
    [['--tls-ca', 'ca.pem', 'status'], 'TLS needs three flags'],
    [['--server', 'a:1', '--tls-ca', 'ca.pem', 'status'], 'TLS needs three flags'],
    [['--server', 'a:1', '--token', 't', 'status'], 'over TLS only'],
    [['--token', '/nowhere', 'status'], 'cannot read /nowhere'],
  ])('%j is wrong usage', async (args, words) => {
    expect(await permafrost(args)).toBe(exitCode.wrongUsage);
    expect(stderr).toContain(words);
    expect(stdout).toBe('');
  });

  it.each(['freeze', 'unfreeze', 'status', 'check', 'stat', 'clear-error', 'cancel'])(
    '%s takes nothing for no repo, and not for the one that lies here',
    async (command) => {
      expect(await permafrost([command, ''])).toBe(exitCode.wrongUsage);
      expect(stderr).toContain('must not be empty');
    },
  );

  it.each([
    [
      ['--json', 'statsu'],
      { message: "unknown command 'statsu'", hints: ['(Did you mean status?)'] },
    ],
    [['freeze', 'a', '--timeout', '10', '--json'], { hints: [] }],
    [['--json'], { message: 'the command is missing' }],
  ])('%j is told to programs, too', async (args, error) => {
    expect(await permafrost(args)).toBe(exitCode.wrongUsage);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'WRONG_USAGE', ...error } });
    expect(stderr).not.toBe('');
  });

  it.each([[['--help']], [['help', 'freeze']], [['--version']], [['init', 'repo', '--help']]])(
    '%j is answered',
    async (args) => {
      expect(await permafrost(args)).toBe(exitCode.done);
      expect(stderr).toBe('');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  it.each(commandsOf(commandLine()))('permafrost %s has examples', async (words) => {
    await permafrost([...words.split(' ').filter(Boolean), '--help']);
    expect(stdout).toContain(`\n  $ permafrost ${words}`);
  });

  it('survives whatever is typed', { timeout: 60_000 }, async () => {
    const known = fc.constantFrom(
      ...['init', 'registry', 'root', 'repo', 'freeze', 'unfreeze', 'status', 'registries'],
      ...['repos', 'workflows', 'events', 'clear-error', 'verify', 'gc', 'lab', 'index', 'help'],
      ...['--json', '--watch', '--after', '--no-wait', '--timeout', '--author', '--workflow'],
      ...['ping', 'stat', '--status', '--mtime-range-only'],
      ...['cancel', '--reason', '--force', '--stuck', '--for'],
      ...['--all', '--host', '--host-root', '--older-than', '--', '-', '-x', '--no-json', ''],
      ...[REPO_PATH, WORKFLOW_ID, AUTHOR, '10s', '../..', '__proto__', 'constructor', '\0'],
    );
    const word = fc.oneof({ weight: 4, arbitrary: known }, fc.string({ unit: 'binary' }));
    const codes: ReadonlySet<number> = new Set([
      exitCode.done,
      exitCode.wrongUsage,
      exitCode.unreachable,
    ]);
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (words) => {
        stdout = stderr = '';
        const code = await permafrost([...nowhere, ...words]);
        expect(codes).toContain(code);
        expect(stdout + stderr).not.toMatch(/\n {4}at |defect/);
        if (code !== exitCode.done) expect(stderr).not.toBe('');
      }),
      { numRuns: 400 },
    );
  });
});

it('tells where regd should be, to people and programs', async () => {
  const { exitCode: code, stdout, stderr } = await runCli([...nowhere, '--json', 'status']);
  expect(code).toBe(exitCode.unreachable);
  expect(stderr).toContain('permafrost-is-not-here/regd.sock');
  expect(stderr).toContain('permafrost-regd');
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'REGD_UNREACHABLE' } });
});

it('says so where what it prints cannot be kept', () => {
  const full = openSync('/dev/full', 'w');
  try {
    const args = [fileURLToPath(new URL('../bin/permafrost.js', import.meta.url)), '--version'];
    const stdio = ['ignore', full, 'pipe'] as const;
    const { status, stderr } = spawnSync(process.execPath, args, { stdio: [...stdio] });
    expect(String(stderr)).toMatch(/^permafrost: cannot write what it has to tell: ENOSPC.*\n$/);
    expect(status).toBe(exitCode.failed);
  } finally {
    closeSync(full);
  }
});

it('takes global flags behind the command, too', async () => {
  const { stdout } = await runCli(['status', ...nowhere, '--json']);
  expect(JSON.parse(stdout)).toHaveProperty('error.code', 'REGD_UNREACHABLE');
});
