import type { Command } from 'commander';
import { RegistryService } from '@permafrost/proto';
import { registryArgument } from '../arguments.ts';
import { isNotFound } from '../failure.ts';
import type { Session } from '../session.ts';
import { pause } from '../waiting/steadily.ts';
import { examples, type Bind } from './bind.ts';
import { reasonFlag } from './reason-flag.ts';

/** regd begins the history of a new registry within milliseconds. */
const PAUSE_MS = 10;
const SET_UP_MS_MAX = 10_000;

export function addInitRegistry(init: Command, bind: Bind): void {
  init
    .command('registry')
    .description('create a registry: a name for repos that belong together')
    .argument('<name>', 'name of the registry', registryArgument)
    .addOption(reasonFlag())
    .addHelpText('after', examples('init registry lab'))
    .action(bind(initRegistry));
}

/** May be repeated: what is there already is left as it is. */
async function initRegistry({ regd, out, signal }: Session, registry: string): Promise<void> {
  await regd.ask(RegistryService.initRegistry, { registry }, signal);
  const patient = AbortSignal.timeout(SET_UP_MS_MAX);
  for (;;) {
    try {
      await regd.ask(RegistryService.enableEphemeralWorkflows, { registry }, signal);
      break;
    } catch (error) {
      // Until regd has taken it up, the registry is unknown.
      if (!isNotFound(error) || patient.aborted) throw error;
    }
    await pause(PAUSE_MS, signal);
  }
  out.result({ registry }, () => `registry ${registry} is ready`);
}
