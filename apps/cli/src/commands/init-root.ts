import type { Command } from 'commander';
import { RegistryService } from '@permafrost/proto';
import { nonEmptyArgument, pathArgument, registryArgument } from '../arguments.ts';
import type { Session } from '../session.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';

type Options = Readonly<{ host: string; hostRoot?: string }>;

export function addInitRoot(init: Command, bind: Bind): void {
  init
    .command('root')
    .description('say which file server holds a part of the global tree, and where')
    .argument('<registry>', 'name of the registry', registryArgument)
    .argument('<global-root>', 'path in the registry, below which repos may be', pathArgument)
    .requiredOption('--host <name>', 'the file server, as its stad is named', nonEmptyArgument)
    .option('--host-root <dir>', 'path there; without it, the same path', pathArgument)
    .addOption(reasonFlag())
    .addHelpText(
      'after',
      examples(
        'init root lab /data --host files1',
        'init root lab /lab/surveys --host files1 --host-root /srv/surveys',
      ),
    )
    .action(bind(initRoot));
}

async function initRoot(
  { regd, out, signal }: Session,
  registry: string,
  globalRoot: string,
  { host, hostRoot = globalRoot }: Options,
): Promise<void> {
  const root = { registry, globalRoot, host, hostRoot };
  await regd.ask(RegistryService.initRoot, { ...root, gitlabNamespace: '' }, signal);
  out.result(root, () => `root ${globalRoot} of ${registry} is ${hostRoot} on host ${host}`);
}
