import type { MainEvent } from '@permafrost/events';
import { expect, it } from 'vitest';
import { matrix, outcomeOf } from '../testing/matrix.ts';
import { decide, evolve, initialMain, type MainCommand } from './main.ts';

/** spec/behaviour.md 4. The registry in question is `exreg`. */
const table = matrix(`
                          | uninitialized        | initialized      | accepted          | confirmed
  InitMain main           | MainInitialized      | -                | -                 | -
  InitMain other          | MainInitialized      | OTHER            | OTHER             | OTHER
  AcceptRegistry exreg    | MAIN_NOT_INITIALIZED | RegistryAccepted | -                 | -
  AcceptRegistry second   | MAIN_NOT_INITIALIZED | RegistryAccepted | RegistryAccepted  | RegistryAccepted
  ConfirmRegistry exreg   | MAIN_NOT_INITIALIZED | REGISTRY_UNKNOWN | RegistryConfirmed | -
  ConfirmRegistry second  | MAIN_NOT_INITIALIZED | REGISTRY_UNKNOWN | REGISTRY_UNKNOWN  | REGISTRY_UNKNOWN
`);

const events: readonly MainEvent[] = [
  { type: 'MainInitialized', name: 'main' },
  { type: 'RegistryAccepted', name: 'exreg' },
  { type: 'RegistryConfirmed', name: 'exreg' },
];
const states = ['uninitialized', 'initialized', 'accepted', 'confirmed'];

it.each(table)('$row when $column: $cell', ({ row, column, cell }) => {
  const state = events.slice(0, states.indexOf(column)).reduce(evolve, initialMain);
  const [type, name] = row.split(' ') as [MainCommand['type'], string];
  const decision = decide(state, { type, name });
  expect(outcomeOf(decision, { MAIN_HAS_OTHER_NAME: 'OTHER' })).toBe(cell);
});

it('lists registries in the order of their acceptance, and passes over other events', () => {
  const more: readonly MainEvent[] = [
    { type: 'RegistryAccepted', name: 'a.second' },
    { type: 'Unmodelled', code: 99 },
  ];
  expect([...events, ...more].reduce(evolve, initialMain)).toEqual({
    name: 'main',
    registries: [
      { name: 'exreg', confirmed: true },
      { name: 'a.second', confirmed: false },
    ],
  });
});
