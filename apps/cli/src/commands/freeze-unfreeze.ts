// `freeze` and `unfreeze`: one command with two names.
import type { Command } from 'commander';
import { directions, randomUuid, type Author, type Direction, type Uuid } from '@permafrost/events';
import { timeoutArgument, uuidArgument } from '../arguments.ts';
import { gitAuthor } from '../author.ts';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { withTimeout } from '../waiting/give-up.ts';
import { authorFlag } from './author-flag.ts';
import { examples, type Bind } from './bind.ts';
import { changeRepo } from './change-repo.ts';
import { tellPlan } from './plan.ts';
import { addPolicyFlags, policyOf, type PolicyOptions } from './policy-flags.ts';
import { reasonFlag } from './reason-flag.ts';
import { repoArgument } from './repo-argument.ts';

type Options = PolicyOptions &
  Readonly<{
    dryRun?: true;
    author?: Author;
    workflow?: Uuid;
    wait: boolean;
    timeout?: number;
  }>;

const descriptions: Readonly<Record<Direction, string>> = {
  freeze: 'make every file and directory of a repo immutable',
  unfreeze: 'make a frozen repo writable again',
};

export function addFreezeAndUnfreeze(program: Command, bind: Bind): void {
  for (const direction of directions) {
    const command = program
      .command(direction)
      .description(descriptions[direction])
      .addArgument(repoArgument())
      .addOption(authorFlag())
      .addOption(reasonFlag())
      .option('--dry-run', 'tell what would be met and done, and change nothing')
      .option('--workflow <uuid>', 'id for the workflow; may be repeated safely', uuidArgument)
      .option('--no-wait', 'begin, and do not wait for the end')
      .option('--timeout <duration>', 'wait no longer than this, such as 10m', timeoutArgument)
      .addHelpText(
        'after',
        examples(
          `${direction} /data/survey-2024`,
          `${direction} . --author 'A U Thor <author@example.org>' --timeout 10m`,
          `${direction} /data/survey-2024 --dry-run`,
          `${direction} /data/survey-2024 --no-wait`,
        ),
      )
      .action(bind((session, ...args: [string, Options]) => run(session, direction, ...args)));
    if (direction === 'freeze') addPolicyFlags(command);
  }
}

async function run(
  session: Session,
  direction: Direction,
  target: string,
  options: Options,
): Promise<void> {
  const timed: Session = { ...session, signal: withTimeout(session.signal, options.timeout) };
  const policy = policyOf(options);
  if (options.dryRun) {
    await tellPlan(timed, { direction, repo: await findRepo(timed, target), policy });
    return;
  }
  const author = options.author ?? (await gitAuthor());
  const workflow = options.workflow ?? randomUuid();
  const repo = await findRepo(timed, target);
  const change = { direction, repo, workflow, author, policy };
  await changeRepo(timed, change, options);
}
