// Both daemons tell Prometheus and an OpenTelemetry collector what they do, when they are asked to.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { DaemonProcess } from '../harness/daemon-process.ts';
import { AUTHOR, HOST, Installation } from '../harness/installation.ts';
import { OtlpReceiver, textOf } from '../harness/otlp-receiver.ts';

const MINUTE_MS = 60_000;
const TRACE = 'a'.repeat(32);
const CLIENT = 'b'.repeat(16);
const BEGIN = 'nogfso.FreezeRepo/BeginFreezeRepo';

async function urlOf(daemon: DaemonProcess): Promise<string> {
  await daemon.until(({ msg }) => msg === 'metrics ready');
  return String(daemon.lines.find(({ msg }) => msg === 'metrics ready')?.['url']);
}

/** The values of Permafrost's own metrics, by name and labels. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await (await fetch(url)).text()).split('\n');
  const own = lines.filter((line) => line.startsWith('permafrost_'));
  return new Map(own.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}

it(
  'a freeze is seen in the metrics and the traces of both daemons',
  async () => {
    await using at = await Installation.create('simulated');
    using collector = await OtlpReceiver.open();
    const args = ['--metrics-listen', '0', '--otlp-endpoint', collector.url];
    const repo = join(at.data, 'repo');
    await mkdir(repo);
    for (const file of ['a', 'b']) await writeFile(join(repo, file), file);
    const regd = await urlOf(await at.start('regd', { args }));
    const stad = await urlOf(await at.start('stad', { args }));
    vi.stubEnv('TRACEPARENT', 'nonsense\n');
    await at.cliOk('init', 'registry', 'demo');
    await at.cliOk('init', 'root', 'demo', at.data, '--host', HOST);
    await at.cliOk('init', 'repo', 'demo', repo, '--author', AUTHOR);
    vi.stubEnv('TRACEPARENT', `00-${TRACE}-${CLIENT}-01`);
    await at.cliOk('freeze', repo, '--author', AUTHOR);
    vi.unstubAllEnvs();

    const ofRegd = await scrape(regd);
    const begin = '{service="nogfso.FreezeRepo",method="BeginFreezeRepo",code="OK"}';
    expect(ofRegd.get(`permafrost_rpc_calls_total${begin}`)).toBe(1);
    const under = '{service="nogfso.FreezeRepo",method="BeginFreezeRepo"}';
    expect(ofRegd.get(`permafrost_rpc_calls_open${under}`)).toBe(0);
    expect(ofRegd.get('permafrost_rpc_calls_refused_total{code="UNAUTHENTICATED"}')).toBe(0);
    expect(ofRegd.get('permafrost_workflows_ended_total{kind="freeze",outcome="completed"}')).toBe(
      1,
    );
    expect(ofRegd.get('permafrost_workflows_stuck')).toBe(0);
    expect(ofRegd.get('permafrost_journal_commits_total{outcome="ok"}')).toBeGreaterThan(5);

    const ofStad = await scrape(stad);
    expect(ofStad.get('permafrost_tree_entries_changed_total{kind="freeze"}')).toBe(3);
    expect(ofStad.get('permafrost_tree_walks_total{kind="freeze",outcome="ok"}')).toBe(1);
    expect(ofStad.get('permafrost_snapshots_total{outcome="recorded"}')).toBe(2);
    expect(ofStad.get('permafrost_repos_at_work')).toBe(0);
    expect(ofStad.get('permafrost_roots_served')).toBe(1);

    // Without stad the next one waits, and regd tells where, and since when.
    await at.daemons.get('stad')?.stop();
    await at.cliOk('unfreeze', repo, '--author', AUTHOR, '--no-wait');
    const waiting = 'permafrost_workflows_active{kind="unfreeze",phase="files"}';
    await expect.poll(async () => (await scrape(regd)).get(waiting)).toBe(1);
    expect(await at.cli('freeze', repo, '--author', AUTHOR)).toMatchObject({ exitCode: 1 });
    const age = (await scrape(regd)).get('permafrost_workflow_oldest_age_seconds');
    expect(age).toBeGreaterThan(0);

    // The port is in use: said, and the end.
    const port = new URL(regd).port;
    await expect(at.start('stad', { args: ['--metrics-listen', port] })).rejects.toThrow(
      `cannot serve metrics at 127.0.0.1:${port}`,
    );
    expect(await at.daemons.get('stad')?.ended()).toMatchObject({ exitCode: 1 });

    // What is left is sent before the end.
    expect(await at.daemons.get('regd')?.stop()).toMatchObject({ exitCode: 0 });
    expect(collector.familyOf(TRACE)).toEqual([
      `${CLIENT} > ${BEGIN}`,
      `${BEGIN} > regd:commit FilesStarted`,
      `${BEGIN} > regd:commit WorkflowCompleted`,
      `${BEGIN} > regd:commit WorkflowStarted`,
      `${BEGIN} > stad:run-files`,
      'stad:run-files > stad:commit FilesCompleted',
      'stad:run-files > stad:examine',
      'stad:run-files > stad:set-immutable',
      'stad:run-files > stad:write-shadow',
    ]);
    const ofTrace = collector.spans.filter(({ traceId }) => traceId === TRACE);
    expect(new Set(ofTrace.map((span) => textOf(span, 'permafrost.workflow'))).size).toBe(1);
    const calls = collector.spans.filter(({ name }) => name === BEGIN);
    expect(calls.map((span) => textOf(span, 'error.type'))).toEqual([
      undefined,
      'REPO_IN_OTHER_TIER',
    ]);
    const named = collector.spans.filter(({ name }) => name === 'regd:commit FilesStarted');
    expect(named.map((span) => textOf(span, 'permafrost.kind'))).toEqual(['freeze', 'unfreeze']);
    const repos = new Set(named.map((span) => textOf(span, 'permafrost.repo')));
    expect(repos.size).toBe(1);
  },
  MINUTE_MS,
);
