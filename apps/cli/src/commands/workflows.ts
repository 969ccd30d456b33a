import type { Command } from 'commander';
import { operator } from '@permafrost/proto';
import { registryArgument } from '../arguments.ts';
import type { Session } from '../session.ts';
import { workflowTable } from '../view/workflow-table.ts';
import { examples, type Bind } from './bind.ts';

type Options = Readonly<{ all?: boolean }>;

export function addWorkflows(program: Command, bind: Bind): void {
  program
    .command('workflows')
    .description('list the freezes and unfreezes of a registry that have not ended')
    .argument('<registry>', 'name of the registry', registryArgument)
    .option('--all', 'also those that have ended and were not deleted yet')
    .addHelpText('after', examples('workflows lab', 'workflows lab --all'))
    .action(bind(workflows));
}

async function workflows(
  { regd, out, signal }: Session,
  registry: string,
  { all = false }: Options,
): Promise<void> {
  const { workflows: found } = await regd.ask(
    operator.OperatorService.listWorkflows,
    { registry, includeFinished: all },
    signal,
  );
  out.results(found, (paint, columns) =>
    found.length === 0
      ? `no workflows${all ? '' : ' under way'} in ${registry}`
      : workflowTable(found, { paint, columns, nowMs: Date.now() }),
  );
}
