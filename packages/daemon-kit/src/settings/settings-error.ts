/** What is wrong in a file of settings: one sentence each, with file and line. */
export class SettingsError extends Error {
  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join('\n'), options);
    this.name = 'SettingsError';
  }
}
