/**
 * Makes a generator of work that tells its items by a function. What is told waits until it is taken
 * from the generator. Whoever leaves early must make the work stop, which is waited for.
 */
export async function* streamed<Item>(
  work: (tell: (item: Item) => Promise<void>) => Promise<void>,
): AsyncGenerator<Item> {
  const { readable, writable } = new TransformStream<Item, Item>();
  const writer = writable.getWriter();
  const ended = work((item) => writer.write(item))
    .then(
      () => writer.close(),
      (error: unknown) => writer.abort(error),
    )
    // The one who reads hears of it, if there still is one.
    .catch(() => undefined);
  try {
    yield* readable;
  } finally {
    await ended;
  }
}
