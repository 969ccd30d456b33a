/** The two directions of one machine: everything about freeze and unfreeze but their names is shared. */
export type Direction = 'freeze' | 'unfreeze';

export const directions: readonly Direction[] = ['freeze', 'unfreeze'];
