// What may stand in the way of a freeze, in words: found before it begins, and told beforehand to
// whoever asks.
import { FilesFault, type FilesFaultCode, type FreezePolicy } from '@permafrost/workflow-core';
import type { AttributeDriver } from '../tree/attribute-driver.ts';
import { missingCapabilities } from '../tree/drivers/privilege.ts';
import { printablePath } from '../tree/names.ts';
import type { Examples, TreeSurvey } from './tree-survey.ts';

export function whyNotPrivileged(
  { capabilitiesOf }: AttributeDriver,
  path: string,
): FilesFault | undefined {
  const missing = capabilitiesOf ? missingCapabilities(capabilitiesOf) : [];
  if (!missing.includes('CAP_LINUX_IMMUTABLE')) return undefined;
  return fault('FILES_NO_PRIVILEGE', `${printablePath(path)}: CAP_LINUX_IMMUTABLE is missing`);
}

/** A kind of thing that a freeze may be told to put up with. */
export type Concern = Readonly<{
  code: FilesFaultCode;
  /** What they are, in words. */
  what: string;
  /** What to do about them. */
  remedy: string;
  found: Examples;
  /** Whether the policy is to fail because of them. */
  isRefused: boolean;
}>;

/** Those of which the survey has found something, in the order in which they are refused. */
export function concernsOf(survey: TreeSurvey, policy: FreezePolicy): readonly Concern[] {
  const concerns: readonly Concern[] = [
    // A file has one flag, whatever its names: to set it would change what is outside, too.
    {
      code: 'FILES_LINKED_OUTSIDE',
      what: 'hard links leave the tree',
      remedy: 'copy them, or use --if-linked force',
      found: survey.linkedOutside(),
      isRefused: policy.ifLinked !== 'force',
    },
    {
      code: 'FILES_BUSY',
      what: 'files are in use',
      remedy: 'end that, or use --if-busy',
      found: survey.busy,
      isRefused: policy.ifBusy === undefined,
    },
  ];
  return concerns.filter(({ found }) => found.count > 0);
}

export function refusal(concern: Concern): FilesFault {
  return fault(concern.code, `${told(concern)}; ${concern.remedy}`);
}

/** So many may fit a status message, which also is why it begins with what matters most. */
const TOLD_MAX = 3;

export function told({ what, found: { count, first } }: Concern): string {
  const shown = first.slice(0, TOLD_MAX);
  const more = count > shown.length ? `, and ${count - shown.length} more` : '';
  return `${what}: ${shown.join(', ')}${more}`;
}

function fault(code: FilesFaultCode, message: string): FilesFault {
  return new FilesFault(code, message, { retry: 'never' });
}
