import type { Command } from 'commander';
import { operator } from '@permafrost/proto';
import type { Session } from '../session.ts';
import { findRepo } from '../target.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';
import { repoArgument } from './repo-argument.ts';

export function addClearError(program: Command, bind: Bind): void {
  program
    .command('clear-error')
    .description('clear the error of a repo, once its cause is mended')
    .addArgument(repoArgument())
    .addOption(reasonFlag())
    .addHelpText('after', examples('clear-error /data/survey-2024'))
    .action(bind(clearError));
}

async function clearError(session: Session, target: string): Promise<void> {
  const { regd, out, signal } = session;
  const { id, globalPath, errorMessage } = await findRepo(session, target);
  if (errorMessage !== '') {
    // Naming the text makes sure that no other error goes away unseen.
    await regd.ask(operator.OperatorService.clearError, { repoId: id, errorMessage }, signal);
  }
  out.result({ repoId: id, globalPath, clearedError: errorMessage }, () =>
    errorMessage === ''
      ? `${globalPath} has no error`
      : `cleared the error of ${globalPath}: ${errorMessage}`,
  );
}
