import { table } from '../output/table.ts';
import type { Paint } from '../output/terminal.ts';
import type { Finding, State } from '../doctor/finding.ts';

/** A line for each finding, what to do below it, and what it comes to. */
export function findingsTable(
  findings: readonly Finding[],
  { paint, columns }: Readonly<{ paint: Paint; columns: number }>,
): string {
  const rows = findings.map(({ state, about, message, remedy }) => [
    label(state, paint),
    about,
    remedy === '' ? message : `${message}\n${paint.dim('->')} ${remedy}`,
  ]);
  return `${table(['STATE', 'OF', 'FINDING'], rows, { paint, columns })}\n\n${summary(findings)}`;
}

function label(state: State, paint: Paint): string {
  switch (state) {
    case 'ok':
      return paint.green('ok');
    case 'warning':
      return paint.yellow('warning');
    case 'broken':
      return paint.red('broken');
    case 'unchecked':
      return paint.dim('?');
  }
}

function summary(findings: readonly Finding[]): string {
  const numberOf = (wanted: State): number =>
    findings.filter(({ state }) => state === wanted).length;
  const counts = [
    [numberOf('broken'), 'broken'],
    [numberOf('warning'), 'to look at'],
    [numberOf('unchecked'), 'not checked'],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return told.length === 0 ? 'all is well' : told.join(', ');
}
