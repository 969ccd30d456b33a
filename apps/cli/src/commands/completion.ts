import { Argument, type Command } from 'commander';
import { shells, type Shell } from '../completion/shell.ts';
import type { Session } from '../session.ts';
import { examples, type Bind } from './bind.ts';

export function addCompletion(program: Command, bind: Bind): void {
  const completion = async ({ out }: Session, shell: Shell): Promise<void> => {
    // Loaded by this command only.
    const { completionScript } = await import('../completion/script.ts');
    const script = completionScript(program, shell);
    out.result({ shell, script }, () => script.trimEnd());
  };
  program
    .command('completion')
    .description('print a script that completes these commands in a shell')
    .addArgument(new Argument('<shell>', 'which shell it is for').choices(shells))
    .addHelpText(
      'after',
      `
In the file that the shell reads at its start:
  bash  source <(permafrost completion bash)
  zsh   source <(permafrost completion zsh), after compinit
  fish  permafrost completion fish | source
The Debian package has done so already.
${examples('completion bash > permafrost.bash')}`,
    )
    .action(bind(completion));
}
