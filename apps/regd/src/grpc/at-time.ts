/** A clock that is set is heeded so soon. It is also less than the longest timer of Node. */
const LOOK_MS_MAX = 3_600_000;

/**
 * Calls back at a time of the wall clock, in milliseconds since 1970, however far off; at once if it is
 * over. Dispose of it when the call is not wanted any more.
 */
export function atTime(atMs: number, callBack: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const leftMs = atMs - Date.now();
    if (leftMs <= 0) callBack();
    else timer = setTimeout(look, Math.min(leftMs, LOOK_MS_MAX));
  };
  look();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
