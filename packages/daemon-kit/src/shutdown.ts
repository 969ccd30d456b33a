/**
 * A signal that is aborted by the first SIGTERM or SIGINT: drain and exit. A second one ends the
 * process at once, with the exit code that the shell gives to that signal.
 */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController();
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + numbers[name]);
      controller.abort();
    });
  }
  return controller.signal;
}
