import { Option, type Command } from 'commander';
import { STUCK_MS } from '@permafrost/events';
import type { operator } from '@permafrost/proto';
import { durationArgument } from '@permafrost/daemon-kit/duration';
import { registryArgument } from '../arguments.ts';
import type { Output } from '../output/output.ts';
import type { Session } from '../session.ts';
import { workflowPages } from '../workflow-pages.ts';
import { stuckTable, stuckWorkflows, type StuckWorkflow } from '../view/stuck.ts';
import { workflowTable } from '../view/workflow-table.ts';
import { examples, type Bind } from './bind.ts';

type Options = Readonly<{ all?: boolean; stuck?: boolean; for?: number }>;

export function addWorkflows(program: Command, bind: Bind): void {
  program
    .command('workflows')
    .description('list the freezes and unfreezes of a registry that have not ended')
    .argument('<registry>', 'name of the registry', registryArgument)
    .option('--all', 'also those that have ended and were not deleted yet')
    .addOption(
      new Option('--stuck', 'only those that wait: on whom, and since when').conflicts('all'),
    )
    .addOption(
      new Option('--for <duration>', 'with --stuck: wait so long at least (default: 1m)')
        .argParser(durationArgument)
        .implies({ stuck: true }),
    )
    .addHelpText(
      'after',
      examples('workflows lab', 'workflows lab --all', 'workflows lab --stuck --for 1h'),
    )
    .action(bind(workflows));
}

async function workflows(
  session: Session,
  registry: string,
  { all = false, stuck = false, for: forMs = STUCK_MS }: Options,
): Promise<void> {
  const { out } = session;
  const pages = workflowPages(session, { registry, includeFinished: all });
  if (out.isJson && !stuck) {
    // Each as it comes: of what has ended there may be more than fits into memory.
    for await (const page of pages) out.values(page);
    return;
  }
  const found: operator.Workflow[] = [];
  for await (const page of pages) found.push(...page);
  if (stuck) {
    tellStuck(out, registry, stuckWorkflows(found, { forMs, nowMs: Date.now() }));
    return;
  }
  out.results(found, (paint, columns) =>
    found.length === 0
      ? `no workflows${all ? '' : ' under way'} in ${registry}`
      : workflowTable(found, { paint, columns, nowMs: Date.now() }),
  );
}

function tellStuck(out: Output, registry: string, stuck: readonly StuckWorkflow[]): void {
  out.results(stuck, (paint, columns) =>
    stuck.length === 0
      ? `nothing is stuck in ${registry}`
      : stuckTable(stuck, { paint, columns, nowMs: Date.now() }),
  );
}
