/** The one main history: which registries there are (spec/wire.md 4.6). */
export type MainEvent = Readonly<
  | { type: 'MainInitialized'; name: string }
  | { type: 'RegistryAccepted'; name: string }
  /** The registry's own history has begun. */
  | { type: 'RegistryConfirmed'; name: string }
  | { type: 'Unmodelled'; code: number }
>;
