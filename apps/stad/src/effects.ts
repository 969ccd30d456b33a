// The classes that touch the world, for tools that count or interrupt what they do.
export { GitShadowRepo } from './shadow/git-shadow-repo.ts';
export { ChattrDriver } from './tree/drivers/chattr.ts';
export { NativeDriver } from './tree/drivers/native.ts';
export { ProgramsDriver } from './tree/drivers/programs-only.ts';
export { SimulatedDriver } from './tree/drivers/simulated.ts';
export { FlaggedTree } from './tree/immutable-tree.ts';
