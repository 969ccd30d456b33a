/** Looks on while a daemon works with its journal. */
type Watcher<J> = Readonly<{ watched: (journal: J) => J }>;

/** The same journal, watched by those of them that are wanted, the first one nearest to it. */
export function watchedBy<J>(
  journal: J,
  ...watchers: readonly (Watcher<NoInfer<J>> | undefined)[]
): J {
  return watchers.reduce<J>((inner, watcher) => watcher?.watched(inner) ?? inner, journal);
}
