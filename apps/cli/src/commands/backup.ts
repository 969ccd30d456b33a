// `backup` and `restore`: they work on the journal's file, and ask no regd: a restore is for the time
// when none can run.
import type * as Sqlite from '@permafrost/events/sqlite';
import type { Inspection } from '@permafrost/events/sqlite';
import type { Command } from 'commander';
import { nonEmptyArgument } from '../arguments.ts';
import { exitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { count } from '../view/quantities.ts';
import { examples, type Bind } from './bind.ts';

export function addBackup(program: Command, bind: Bind): void {
  program
    .command('backup')
    .description('copy the journal to a new file while the daemons run, and check the copy')
    .argument('<file>', 'where to; it must not be there yet', nonEmptyArgument)
    .addHelpText('after', examples('backup /backup/journal-2026-11-24.db'))
    .action(bind(backup));
  program
    .command('restore')
    .description('put a backup in the place of the journal, which must have been moved away')
    .argument('<file>', 'what `backup` has written', nonEmptyArgument)
    .addHelpText('after', examples('restore /backup/journal-2026-11-24.db'))
    .action(bind(restore));
}

async function backup({ out, stateDirectory }: Session, file: string): Promise<void> {
  const { journal } = stateDirectory();
  const inspection = await withJournal(({ backupJournal }) =>
    backupJournal({ path: journal, destination: file }),
  );
  out.result({ file, ...facts(inspection) }, () => `wrote ${file}: ${contents(inspection)}`);
}

async function restore({ out, stateDirectory, commandLine }: Session, file: string): Promise<void> {
  const { journal } = stateDirectory();
  const inspection = await withJournal(({ restoreJournal }) =>
    restoreJournal({ backup: file, path: journal }),
  );
  out.result({ journal, ...facts(inspection) }, () => `wrote ${journal}: ${contents(inspection)}`);
  out.note('What happened after the backup is on the disks, but no longer in the journal.');
  out.note(`Start the daemons, then look at each repo: ${commandLine('check', 'PATH')}`);
}

const contents = ({ events, histories }: Inspection): string =>
  `${count(events)} events of ${count(histories)} histories, all of them checked`;

const facts = ({ schemaVersion, histories, events, end }: Inspection) => ({
  schema: schemaVersion,
  histories,
  events,
  position: end,
});

async function withJournal<T>(work: (sqlite: typeof Sqlite) => Promise<T>): Promise<T> {
  // Loaded by these commands only, as no other one touches the journal.
  const [sqlite, { Fault }] = await Promise.all([
    import('@permafrost/events/sqlite'),
    import('@permafrost/events'),
  ]);
  try {
    return await work(sqlite);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Failure(error.message, {
      exitCode: exitCode.failed,
      code: error.code,
      hints:
        error.retry === 'later' ? ['Nothing was changed; try again.'] : ['Nothing was changed.'],
      cause: error,
    });
  }
}
