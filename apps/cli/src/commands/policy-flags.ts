// What a freeze shall put up with, by the flags of the command line.
import { Option, type Command } from 'commander';
import { freezePolicy, type FreezePolicy } from '@permafrost/events';

export type PolicyOptions = Readonly<{ ifBusy?: string; ifLinked?: string }>;

export function addPolicyFlags(command: Command): void {
  command
    .addOption(
      new Option('--if-busy <what>', 'what to do about files that are open for writing')
        .choices(['wait', 'refuse', 'force'])
        .default('refuse'),
    )
    .addOption(
      new Option('--if-linked <what>', 'what to do about hard links to outside of the repo')
        .choices(['refuse', 'force'])
        .default('refuse'),
    );
}

export function policyOf(options: PolicyOptions): FreezePolicy {
  return freezePolicy(options) ?? {};
}
