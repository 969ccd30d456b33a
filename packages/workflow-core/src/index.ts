// What is decided. Pure: no I/O, no clock, no randomness of its own.
export * from './ports/files.ts';
