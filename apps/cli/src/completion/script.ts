// Scripts that let a shell complete what is typed. They follow from the commands, as help does.
import type { Command } from 'commander';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { commandLineOf } from './command-line.ts';
import type { Shell } from './shell.ts';
import { zshScript } from './zsh.ts';

const writers = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The script for a shell to read at its start, or to keep where it looks for such scripts. */
export function completionScript(program: Command, shell: Shell): string {
  return writers[shell](commandLineOf(program));
}
