import type { Command } from 'commander';
import { examples, type Bind } from './bind.ts';
import { addInitRegistry } from './init-registry.ts';
import { addInitRepo } from './init-repo.ts';
import { addInitRoot } from './init-root.ts';

export function addInit(program: Command, bind: Bind): void {
  const init = program
    .command('init')
    .description('create a registry, a root in it, or a repo')
    .addHelpText(
      'after',
      examples(
        'init registry lab',
        'init root lab /data --host files1',
        'init repo lab /data/survey-2024',
      ),
    );
  addInitRegistry(init, bind);
  addInitRoot(init, bind);
  addInitRepo(init, bind);
}
