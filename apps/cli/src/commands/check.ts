// `check`: compares a repo's files with what is recorded of them, and mends on request.
import type { Command } from 'commander';
import { randomUuid, type Author } from '@permafrost/events';
import { operator, type check } from '@permafrost/proto';
import { timeoutArgument } from '../arguments.ts';
import { gitAuthor } from '../author.ts';
import { exitCode } from '../exit-code.ts';
import { Failure, wrongUsage } from '../failure.ts';
import { stepDisplay } from '../output/step-display.ts';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import {
  changesOfData,
  countsWords,
  driftLine,
  isOutOfPlace,
  summaryWords,
} from '../view/drift.ts';
import { lookStep } from '../view/look-step.ts';
import { withTimeout } from '../waiting/give-up.ts';
import { authorFlag } from './author-flag.ts';
import { examples, type Bind } from './bind.ts';
import { changeRepo } from './change-repo.ts';
import { addPolicyFlags, policyOf, type PolicyOptions } from './policy-flags.ts';
import { reasonFlag } from './reason-flag.ts';
import { repoArgument } from './repo-argument.ts';

type Options = PolicyOptions &
  Readonly<{ repair?: boolean; reason?: string; author?: Author; timeout?: number }>;

export function addCheck(program: Command, bind: Bind): void {
  const command = program
    .command('check')
    .description('compare the files of a repo with what is recorded of them')
    .addArgument(repoArgument())
    .option('--repair', 'freeze (or unfreeze) again what is frozen (or online), if it has drifted')
    .addOption(reasonFlag())
    .addOption(authorFlag())
    .option('--timeout <duration>', 'wait no longer than this, such as 10m', timeoutArgument)
    .addHelpText(
      'after',
      examples(
        'check /data/survey-2024',
        '--json check /data/survey-2024',
        "check /data/survey-2024 --repair --reason 'restored from backup'",
      ),
    )
    .action(bind(checkRepo));
  addPolicyFlags(command);
}

async function checkRepo(session: Session, target: string, options: Options): Promise<void> {
  const { repair = false, reason = '', timeout } = options;
  if (repair && reason === '') {
    throw wrongUsage('--repair needs a --reason', 'It is recorded with your name.');
  }
  // Asked for before the files are looked at, which may take long.
  const author = repair ? (options.author ?? (await gitAuthor())) : undefined;
  const timed: Session = { ...session, signal: withTimeout(session.signal, timeout) };
  const repo = await findRepo(timed, target);
  const summary = await look(timed, repo);
  if (summary.drifts.length === 0) return;
  if (isOutOfPlace(summary)) throw outOfPlace(repo, summary);
  if (!author) throw drifted(session, repo, summary);
  const changes = countsWords(changesOfData(summary));
  if (changes !== '') session.out.note(`the new snapshot records what no flag mends: ${changes}`);
  const direction = summary.tier === 'frozen' ? 'freeze' : 'unfreeze';
  const policy = direction === 'freeze' ? policyOf(options) : {};
  const change = { direction, repo, author, policy, workflow: randomUuid(), repair: true } as const;
  await changeRepo(timed, change, { wait: true });
}

/** Tells what is found, and resolves to what it comes to. */
async function look(
  { regd, out, signal }: Session,
  { id: repoId, globalPath }: operator.Repo,
): Promise<check.CheckSummary> {
  const display = stepDisplay(out.err);
  try {
    for await (const { item } of regd.watch(
      operator.OperatorService.checkRepo,
      { repoId },
      signal,
    )) {
      switch (item?.$case) {
        case 'progress':
          display.show(lookStep(item.value));
          break;
        case 'drift':
          display.end();
          out.result(item.value, (paint) => driftLine(item.value, paint));
          break;
        case 'summary':
          display.end();
          out.result({ repoId, globalPath, ...item.value }, () =>
            summaryWords(item.value, globalPath),
          );
          return item.value;
        case undefined:
          // A newer regd may tell more than this program knows.
          break;
      }
    }
  } finally {
    display.end();
  }
  throw regd.leftEarly();
}

function drifted(
  { commandLine }: Session,
  { globalPath }: operator.Repo,
  { drifts }: check.CheckSummary,
): Failure {
  return new Failure(`${globalPath} is not as recorded: ${countsWords(drifts)}`, {
    exitCode: exitCode.failed,
    code: 'REPO_HAS_DRIFTED',
    hints: [
      'To set the flags as they should be, and to record what has changed:',
      commandLine('check', globalPath, '--repair', '--reason', 'WHY'),
    ],
    facts: { drifts },
  });
}

function outOfPlace(
  { globalPath, host, hostPath }: operator.Repo,
  { drifts }: check.CheckSummary,
): Failure {
  return new Failure(`${globalPath} is not in its place: ${countsWords(drifts)}`, {
    exitCode: exitCode.failed,
    code: 'REPO_OUT_OF_PLACE',
    hints: [`Bring it back to ${hostPath} on host ${host}, then check again.`],
    facts: { drifts },
  });
}
