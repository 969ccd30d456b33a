// SIGHUP: what of the settings can change while a daemon runs.
import { CommanderError } from 'commander';
import type { Logger } from 'pino';
import type { LogFlags } from '../log/log-flags.ts';
import type { ServiceManager } from '../systemd/service-manager.ts';
import { SettingsError } from './settings-error.ts';
import { changedSettings, readSettings, type Settings, type SettingsSource } from './settings.ts';

export type Reloading = Readonly<{
  log: Logger;
  manager: ServiceManager;
  /** Reads again what is no setting. */
  onReload?: () => Promise<void> | undefined;
}>;

/**
 * Reads the settings again at each SIGHUP, after `onReload`. The log level changes at once; of any
 * other change the log says that it needs a restart. Settings that cannot be used change nothing.
 */
export function reloadOnHangup<Flags extends LogFlags>(
  source: SettingsSource,
  settings: Settings<Flags>,
  { log, manager, onReload }: Reloading,
): void {
  process.on('SIGHUP', () => {
    void manager.reloading(async () => {
      await onReload?.();
      readAgain(source, settings, log);
    });
  });
}

function readAgain<Flags extends LogFlags>(
  source: SettingsSource,
  settings: Settings<Flags>,
  log: Logger,
): void {
  try {
    const now = readSettings<Flags>({ ...source, commandLine: throwing(source) });
    log.level = now.flags.logLevel;
    const needRestart = changedSettings(settings, now).filter((name) => name !== 'log-level');
    if (needRestart.length > 0) log.warn({ needRestart }, 'settings changed that need a restart');
    log.info({ file: now.file, logLevel: log.level }, 'settings read again');
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof CommanderError)) throw error;
    log.error({ err: error }, 'settings not read again');
  }
}

/** A running daemon does not end because its file lacks a setting now. */
function throwing({ commandLine }: SettingsSource): SettingsSource['commandLine'] {
  return () =>
    commandLine()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
}
