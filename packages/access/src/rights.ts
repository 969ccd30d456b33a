// Rights alone: what there is to ask for, who may, and how one is turned away. Without the libraries
// for certificates and tokens, whose loading takes a fifth of a second that not every start needs.
export * from './action.ts';
export * from './check.ts';
export type { Identity } from './claims.ts';
export * from './errors.ts';
export * from './scope.ts';
