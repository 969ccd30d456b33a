// `stat`: records how the files of a repo are now, or tells what differs from the last record.
import { Option, type Command } from 'commander';
import { parseUuid, uuidToBytes, type Author } from '@permafrost/events';
import {
  JobControl,
  PathStatus_Status as Mark,
  StatI_Flag as Flag,
  StatService,
  type operator,
} from '@permafrost/proto';
import { gitAuthor } from '../author.ts';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { authorFlag } from './author-flag.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';
import { repoArgument } from './repo-argument.ts';

/** Looking at millions of files takes its time, in milliseconds. */
const ANSWER_MS_MAX = 86_400_000;

type Options = Readonly<{ status?: boolean; mtimeRangeOnly?: boolean; author?: Author }>;

export function addStat(program: Command, bind: Bind): void {
  program
    .command('stat')
    .description('record how the files of a repo are now, or show what differs from the record')
    .addArgument(repoArgument())
    .addOption(
      new Option('--status', 'record nothing; list what is new, changed or gone').conflicts([
        'author',
        'reason',
        'mtimeRangeOnly',
      ]),
    )
    .option('--mtime-range-only', 'look only at the range of times of modification')
    .addOption(authorFlag())
    .addOption(reasonFlag())
    .addHelpText('after', examples('stat .', 'stat --status /data/survey-2024'))
    .action(bind(stat));
}

async function stat(session: Session, target: string, options: Options): Promise<void> {
  if (options.status) await showDifferences(session, await findRepo(session, target));
  else await record(session, target, options);
}

async function record(session: Session, target: string, options: Options): Promise<void> {
  const { regd, out, signal } = session;
  const author = options.author ?? (await gitAuthor());
  const { id, globalPath } = await findRepo(session, target);
  const request = {
    repo: uuidToBytes(parseUuid(id)),
    authorName: author.name,
    authorEmail: author.email,
    jobControl: JobControl.JC_WAIT,
    flags: options.mtimeRangeOnly ? Flag.F_MTIME_RANGE_ONLY : Flag.F_UNSPECIFIED,
  };
  await regd.ask(StatService.stat, request, signal, ANSWER_MS_MAX);
  out.result({ repoId: id, globalPath }, () => `recorded the files of ${globalPath}`);
}

const words = new Map<Mark, string>([
  [Mark.PS_NEW, 'new'],
  [Mark.PS_MODIFIED, 'changed'],
  [Mark.PS_DELETED, 'gone'],
]);

async function showDifferences(
  { regd, out, signal }: Session,
  { id, globalPath }: operator.Repo,
): Promise<void> {
  let count = 0;
  const request = { repo: uuidToBytes(parseUuid(id)) };
  for await (const { paths } of regd.watch(StatService.statStatus, request, signal)) {
    count += paths.length;
    for (const { path, status } of paths) {
      const difference = words.get(status) ?? 'different';
      out.result({ path, difference }, () => `${difference.padEnd(9)} ${path}`);
    }
  }
  if (count === 0) out.note(`the files of ${globalPath} are as recorded`);
}
