import type { operator } from '@permafrost/proto';
import { table } from '../output/table.ts';
import type { Paint } from '../output/terminal.ts';
import { timeAgo } from '../output/time.ts';
import { workflowTable } from './workflow-table.ts';
import { count } from './quantities.ts';

type Look = { paint: Paint; columns: number; nowMs: number };

/** The daemons, what they work on, and the journal that they share. */
export function serviceStatus(
  { daemons, workflows, journal }: operator.GetStatusResponse,
  look: Look,
): string {
  return [
    daemonTable(daemons, look),
    workflows.length === 0 ? 'nothing is under way' : workflowTable(workflows, look),
    ...(journal ? [journalLine(journal)] : []),
  ].join('\n\n');
}

function daemonTable(daemons: readonly operator.Presence[], look: Look): string {
  const { paint, nowMs } = look;
  const rows = daemons.map(({ daemon, host, pid, version, sinceMs, heartbeatMs, alive }) => [
    daemon,
    host,
    alive ? paint.green('alive') : paint.red('silent'),
    timeAgo(heartbeatMs, nowMs),
    timeAgo(sinceMs, nowMs),
    String(pid),
    version,
  ]);
  const head = ['DAEMON', 'HOST', 'STATE', 'HEARD', 'STARTED', 'PID', 'VERSION'];
  const lines = [table(head, rows, look)];
  if (!daemons.some(({ daemon, alive }) => daemon === 'stad' && alive)) {
    lines.push(paint.yellow('no stad is alive: repos wait until `permafrost-stad` runs'));
  }
  return lines.join('\n');
}

function journalLine({ path, events, bytes, schema }: operator.Journal): string {
  const mebibytes = (bytes / 2 ** 20).toFixed(1);
  return `journal ${path}\n${count(events)} events, ${mebibytes} MiB, tables of version ${schema}`;
}
