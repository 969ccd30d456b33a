import type { Command } from 'commander';
import { operator } from '@permafrost/proto';
import { durationArgument } from '@permafrost/daemon-kit/duration';
import type { Session } from '../session.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';

/** Deleting is work: so many milliseconds for a journal that nobody has tidied for years. */
const ANSWER_MS_MAX = 3_600_000;

type Options = Readonly<{ olderThan?: number }>;

export function addGc(program: Command, bind: Bind): void {
  program
    .command('gc')
    .description('delete workflows that ended long ago; regd does so by itself once a day')
    .addOption(reasonFlag())
    .option(
      '--older-than <duration>',
      'least time since their end, such as 30d; without it, what regd was started with',
      durationArgument,
    )
    .addHelpText('after', examples('gc', 'gc --older-than 90d'))
    .action(bind(gc));
}

async function gc({ regd, out, signal }: Session, { olderThan }: Options): Promise<void> {
  const answer = await regd.ask(
    operator.OperatorService.collectGarbage,
    { olderThanMs: olderThan },
    signal,
    ANSWER_MS_MAX,
  );
  const { deleted, deletedWorkflowIds: ids } = answer;
  const more = deleted > ids.length ? [`and ${deleted - ids.length} more`] : [];
  out.result(answer, () =>
    [
      deleted === 0
        ? 'nothing to delete'
        : `deleted ${deleted === 1 ? '1 workflow' : `${deleted} workflows`}:`,
      ...ids,
      ...more,
    ].join('\n'),
  );
}
