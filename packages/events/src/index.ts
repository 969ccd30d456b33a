// What is written down, and nothing about how it is decided.
export * from './fault.ts';
export * from './ids/malformed-id-error.ts';
export * from './ids/names.ts';
export * from './ids/ulid.ts';
export * from './ids/uuid.ts';
export * from './journal/errors.ts';
export * from './journal/journal.ts';
export * from './journal/noticeboard.ts';
