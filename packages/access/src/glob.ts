/** Whether a text is what the glob says: exactly it, or, if the glob ends in `*`, what precedes. */
export function matchesGlob(glob: string, text: string): boolean {
  return glob.endsWith('*') ? text.startsWith(glob.slice(0, -1)) : glob === text;
}
