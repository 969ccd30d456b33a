// Global and host paths: absolute, slash-separated text without empty, `.` or `..` parts.

/** Resolves `.`, `..` and repeated slashes as text, like the slash-path clean of the wire format. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}

/** Whether a path is absolute and already clean. */
export function isCleanAbsolute(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0') && cleanPath(path) === path;
}

/** Whether `path` is `top` or below it. Both must be clean. */
export function isWithin(path: string, top: string): boolean {
  return path === top || path.startsWith(top === '/' ? '/' : `${top}/`);
}

/** The directories above a path, nearest first, up to `/`. */
export function* parentsOf(path: string): Generator<string> {
  for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
    yield at === 0 ? '/' : path.slice(0, at);
    if (at === 0) return;
  }
}

/** Moves a path from below one directory to below another: both tops are clean. */
export function rebase(path: string, { from, to }: { from: string; to: string }): string {
  return cleanPath(`${to}/${path.slice(from === '/' ? 0 : from.length)}`);
}
