import { expect, it } from 'vitest';
import { enumName, RegistryEvent_Type, WorkflowEvent_Type } from './index.ts';

it('tells the name on the wire, which depends on the kind of history', () => {
  expect(enumName(RegistryEvent_Type, 186)).toBe('EV_FSO_ARCHIVE_REPO_COMPLETED');
  expect(enumName(WorkflowEvent_Type, 186)).toBe('EV_FSO_ARCHIVE_REPO_FILES_COMMITTED');
});

it('has no name for a number of a newer sender', () => {
  expect(enumName(RegistryEvent_Type, 9999)).toBeUndefined();
});
