// What both daemons need of the machine, so that neither has to import the other.
export * from './daemon-log.ts';
export * from './duration.ts';
export * from './node-clock.ts';
export * from './shutdown.ts';
