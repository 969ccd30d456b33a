import type { Command } from 'commander';
import { operator } from '@permafrost/proto';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { repoForm, repoValue } from '../view/repo.ts';
import { serviceStatus } from '../view/service-status.ts';
import { examples, type Bind } from './bind.ts';
import { repoArgument } from './repo-argument.ts';

export function addStatus(program: Command, bind: Bind): void {
  program
    .command('status')
    .description('show who is alive and what is under way, or how one repo is')
    .addArgument(repoArgument('[path-or-id]'))
    .addHelpText('after', examples('status', 'status /data/survey-2024', 'status .'))
    .action(bind(status));
}

async function status(session: Session, target: string | undefined): Promise<void> {
  await (target === undefined ? showService(session) : showRepo(session, target));
}

async function showService({ regd, out, signal }: Session): Promise<void> {
  const found = await regd.ask(operator.OperatorService.getStatus, {}, signal);
  out.result(found, (paint, columns) =>
    serviceStatus(found, { paint, columns, nowMs: Date.now() }),
  );
}

async function showRepo(session: Session, target: string): Promise<void> {
  const { out, commandLine } = session;
  const repo = await findRepo(session, target);
  const last = repo.workflow ?? (await lastWorkflow(session, repo));
  out.result({ ...repoValue(repo), lastWorkflow: last }, (paint) =>
    repoForm(repo, { last, paint, nowMs: Date.now(), commandLine }),
  );
}

async function lastWorkflow(
  { regd, signal }: Session,
  { registry, globalPath }: operator.Repo,
): Promise<operator.Workflow | undefined> {
  const request = operator.ListWorkflowsRequest.fromPartial({
    registry,
    globalPath,
    includeFinished: true,
    newestFirst: true,
    pageSize: 1,
  });
  const { workflows } = await regd.ask(operator.OperatorService.listWorkflows, request, signal);
  return workflows[0];
}
