// For the tests of this package and of its users: fakes of the ports, on virtual time.
export { Agenda, settled, type Owner } from './agenda.ts';
export type { Effect } from '../daemon/steps.ts';
export { around, failing, type EffectPoint, type OnEffect } from './effects.ts';
export { FakeClock } from './fake-clock.ts';
export {
  FakeDisk,
  ImmutableEntryError,
  type Entry,
  type EntryKind,
  type FakeShadowRepo,
  type ShadowCommit,
} from './fake-disk.ts';
export { FakeLock, LockTable } from './fake-lock.ts';
export { FakeShadow } from './fake-shadow.ts';
export { FakeTree } from './fake-tree.ts';
export { RecordingLog, type LogLine } from './recording-log.ts';
export { silentLog } from './silent-log.ts';
export { defects, type Defect } from './simulation/defects.ts';
export { exhaust, scenarios, type PlannedResult, type Scenario } from './simulation/exhaust.ts';
export { simulate, type SimulationResult } from './simulation/simulate.ts';
