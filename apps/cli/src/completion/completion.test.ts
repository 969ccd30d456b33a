// The scripts in the shells that they are for.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../command-line.ts';
import { runCli, jsonLines } from '../testing/run-cli.ts';
import { completionScript } from './script.ts';
import { shells, type Shell } from './shell.ts';

const program = commandLine();

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'permafrost-completion-'));
  mkdirSync(join(folder, 'here/raw'), { recursive: true });
  writeFileSync(join(folder, 'here/readme'), '');
  for (const shell of shells) {
    writeFileSync(join(folder, `script.${shell}`), completionScript(program, shell));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(shells)('%s', (shell) => {
  const whyNot = spawnSync(shell, ['-c', '']).error ? `there is no ${shell}` : undefined;

  const offers = (line: string): readonly string[] => {
    const args = [join(folder, `script.${shell}`), `permafrost ${line}`];
    const { stdout, stderr } = spawnSync(shell, asking[shell](args), {
      cwd: join(folder, 'here'),
      // zsh lists nothing on a terminal that it does not know.
      env: { ...process.env, TERM: 'xterm' },
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(stderr).toBe('');
    return wordsOf[shell](stdout)
      .map((word) => (word.includes('/') ? basename(word) : word))
      .sort();
  };

  it.skipIf(whyNot).each([
    ['clear', ['clear-error']],
    ['init ', ['help', 'registry', 'repo', 'root']],
    ['--json init re', ['registry', 'repo']],
    ['--state init ini', ['init']],
    ['freeze --if-busy ', ['force', 'refuse', 'wait']],
    ['freeze ./raw --if-linked ', ['force', 'refuse']],
    ['freeze --no', ['--no-wait']],
    ['freeze --st', ['--state']],
    ['stat --st', ['--state', '--status']],
    ['events re', ['registry', 'repo']],
    ['events repo ./r', ['raw', 'readme']],
    ['freeze --author me ./r', ['raw', 'readme']],
    ['--state ./r', ['raw']],
    ['--state=./r', ['raw']],
    ['--token ./r', ['raw', 'readme']],
    ['init root lab ./r', ['raw']],
    ['init registry ./r', []],
    ['freeze --author ./r', []],
    ['help clear', ['clear-error']],
    ['completion ', ['bash', 'fish', 'zsh']],
  ])(
    `offers what belongs behind "%s"${whyNot ? ` (skipped: ${whyNot})` : ''}`,
    (line, expected) => {
      expect(offers(line)).toEqual(expected);
    },
  );

  it.skipIf(whyNot)('offers all commands', () => {
    const commands = program.createHelp().visibleCommands(program);
    expect(offers('')).toEqual(commands.map((command) => command.name()).sort());
  });

  it('is printed by the program', async () => {
    const script = completionScript(program, shell);
    expect(await runCli(['completion', shell])).toEqual({
      exitCode: 0,
      stdout: script,
      stderr: '',
    });
    const { stdout } = await runCli(['--json', 'completion', shell]);
    expect(jsonLines(stdout)).toEqual([{ shell, script }]);
  });
});

/** `compopt` is for a shell with somebody at it: here we do what bash does then. */
const BASH = `
compopt() { otherwise=$2; }
source "$1"
# As readline takes a line apart.
COMP_WORDS=(\${2//=/ = })
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_permafrost
if [[ \${#COMPREPLY[@]} == 0 && $otherwise ]]; then
  COMPREPLY=($(compgen -o "$otherwise" -- "\${COMP_WORDS[COMP_CWORD]}"))
fi
[[ \${#COMPREPLY[@]} == 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"
`;

/** Completion of zsh works at a terminal only, so there is one. */
const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "stty -echo cols 300; PS1=; autoload -Uz compinit; compinit -u -d ../zcompdump; source \${(q)1}"
zpty -w shell "zstyle ':completion:*' verbose no; setopt no_beep; LISTMAX=9999; bindkey '^T' list-choices"
zpty -w shell "zle-line-init() { echo REA''DY }; zle -N zle-line-init"
zpty -r shell out '*READY*'
zpty -w -n shell "$2"$'\\C-t\\C-u'"echo EN''D"$'\\n'
zpty -r shell out '*END*'
print -r -- $out
`;

const asking: Readonly<Record<Shell, (args: readonly string[]) => readonly string[]>> = {
  bash: (args) => ['--norc', '-c', BASH, 'bash', ...args],
  zsh: (args) => ['-f', '-c', ZSH, 'zsh', ...args],
  fish: (args) => ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', ...args],
};

const wordsOf: Readonly<Record<Shell, (printed: string) => readonly string[]>> = {
  bash: (printed) => printed.split('\n').filter(Boolean),
  zsh: (printed) => {
    // What is listed stands between two commands to clear the screen below, and two to go up again.
    const [, listed = ''] = /\x1b\[J(.*?)\x1b\[\d*A/s.exec(printed) ?? [];
    return listed.split(/\s+/).filter(Boolean);
  },
  fish: (printed) =>
    printed
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')[0] ?? ''),
};
