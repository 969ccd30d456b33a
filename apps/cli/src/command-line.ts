// The command line of `permafrost`: its commands, its global flags, its help.
import { Command, Option } from 'commander';
import { nonEmptyArgument, serverArgument } from './arguments.ts';
import { addCancel } from './commands/cancel.ts';
import { addAuth } from './commands/auth.ts';
import { addCheck } from './commands/check.ts';
import { addBackup } from './commands/backup.ts';
import { addClearError } from './commands/clear-error.ts';
import { addCompletion } from './commands/completion.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvents } from './commands/events.ts';
import { addFreezeAndUnfreeze } from './commands/freeze-unfreeze.ts';
import { addGc } from './commands/gc.ts';
import { addInit } from './commands/init.ts';
import { addPing } from './commands/ping.ts';
import { addRegistries } from './commands/registries.ts';
import { addRepos } from './commands/repos.ts';
import { addStat } from './commands/stat.ts';
import { addStatus } from './commands/status.ts';
import { addVerify } from './commands/verify.ts';
import { addWorkflows } from './commands/workflows.ts';
import { examples, type Bind } from './commands/bind.ts';
import { version } from './version.ts';

/** All of the commands, whose actions `bind` makes; without it, they do nothing. */
export function commandLine(bind: Bind = () => () => Promise.resolve()): Command {
  const program = new Command('permafrost')
    .description('Freezes finished research data where it lies, and thaws it again.')
    .version(version)
    .option('--state <dir>', 'state directory of regd, which holds its socket', nonEmptyArgument)
    .addOption(
      new Option('--server <addr>', 'where regd listens: unix:FILE or HOST:PORT')
        .argParser(serverArgument)
        .conflicts('state'),
    )
    .option('--tls-ca <file>', 'authority of a regd with TLS', nonEmptyArgument)
    .option('--tls-cert <file>', 'own certificate with its key, for TLS', nonEmptyArgument)
    .option('--token <file>', 'the file that holds your token', nonEmptyArgument)
    .option('--json', 'print one JSON value a line on stdout, and words on stderr')
    .addHelpText(
      'after',
      `${examples('status', 'freeze /data/survey-2024', 'events repo /data/survey-2024')}

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 regd not reachable,
            4 timed out (the workflow goes on).`,
    )
    .exitOverride()
    .showHelpAfterError('(see permafrost --help, or --help of the command)');
  addInit(program, bind);
  addFreezeAndUnfreeze(program, bind);
  addCancel(program, bind);
  addStatus(program, bind);
  addRegistries(program, bind);
  addRepos(program, bind);
  addWorkflows(program, bind);
  addEvents(program, bind);
  addPing(program, bind);
  addStat(program, bind);
  addCheck(program, bind);
  addClearError(program, bind);
  addDoctor(program, bind);
  addVerify(program, bind);
  addBackup(program, bind);
  addGc(program, bind);
  addAuth(program, bind);
  addCompletion(program, bind);
  return program;
}
