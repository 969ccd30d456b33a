import type { Tier } from '@permafrost/events';
import { GetRepoO_StorageTierCode as Code } from '@permafrost/proto';

const codes: Readonly<Record<Tier, Code>> = {
  unconfirmed: Code.ST_UNSPECIFIED,
  online: Code.ST_ONLINE,
  freezing: Code.ST_FREEZING,
  frozen: Code.ST_FROZEN,
  'freeze-failed': Code.ST_FREEZE_FAILED,
  unfreezing: Code.ST_UNFREEZING,
  'unfreeze-failed': Code.ST_UNFREEZE_FAILED,
  archiving: Code.ST_ARCHIVING,
  archived: Code.ST_ARCHIVED,
  'archive-failed': Code.ST_ARCHIVE_FAILED,
  unarchiving: Code.ST_UNARCHIVING,
  'unarchive-failed': Code.ST_UNARCHIVE_FAILED,
};

/** The number of a tier on the wire (spec/wire.md 4.1). */
export function tierCode(tier: Tier): Code {
  return codes[tier];
}
