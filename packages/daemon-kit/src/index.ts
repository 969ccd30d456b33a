// What both daemons need of the machine, so that neither has to import the other.
export * from './count.ts';
export { durationArgument } from './duration.ts';
export { exitCode } from './exit-code.ts';
export { daemonLog } from './log/daemon-log.ts';
export { addLogFlags, type LogFlags } from './log/log-flags.ts';
export * from './node-clock.ts';
export * from './non-empty.ts';
export * from './shutdown.ts';
export * from './watched-by.ts';
export * from './systemd/service-manager.ts';
export * from './tcp-address.ts';
export * from './metrics/metrics-flag.ts';
export * from './tracing/otlp-flag.ts';
export * from './settings/credential.ts';
export * from './settings/settings-error.ts';
export {
  addSettingsFlags,
  changedSettings,
  readSettings,
  settingsAtStart,
} from './settings/settings.ts';
export type { Settings, SettingsSource } from './settings/settings.ts';
export { reloadOnHangup } from './settings/reloading.ts';
