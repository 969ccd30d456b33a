// How a repo comes to each tier, as events of the registry and of the repo tell it.
import type { Direction, Status, Tier } from '@permafrost/events';

export type TierStep =
  | Readonly<{ type: 'started'; direction: Direction }>
  | Readonly<{ type: 'completed'; direction: Direction; status: Status }>
  | Readonly<{ type: 'archive'; tier: Tier }>;

const ok = { code: 0, message: '' };
const failed = { code: 105, message: 'disk trouble' };

/** Steps of one workflow that lead from `unconfirmed`, once confirmed, to a tier. */
export function stepsTo(tier: Tier): readonly TierStep[] {
  switch (tier) {
    case 'unconfirmed':
      return [];
    case 'online':
      return run('unfreeze', ok);
    case 'freezing':
      return [{ type: 'started', direction: 'freeze' }];
    case 'frozen':
      return run('freeze', ok);
    case 'freeze-failed':
      return run('freeze', failed);
    case 'unfreezing':
      return [{ type: 'started', direction: 'unfreeze' }];
    case 'unfreeze-failed':
      return run('unfreeze', failed);
    case 'archiving':
    case 'archived':
    case 'archive-failed':
    case 'unarchiving':
    case 'unarchive-failed':
      return [{ type: 'archive', tier }];
  }
}

function run(direction: Direction, status: Status): readonly TierStep[] {
  return [
    { type: 'started', direction },
    { type: 'completed', direction, status },
  ];
}
