// Holds the metrics that the manual and the alerts name against those that there are.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RegdMetrics } from '@permafrost/regd/metrics';
import { StadMetrics } from '@permafrost/stad/metrics';
import { expect, it } from 'vitest';
import { tableRows } from './markdown-table.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));

const namesOf = ({ registry }: RegdMetrics | StadMetrics): readonly string[] =>
  registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('permafrost_'));

const regd = namesOf(new RegdMetrics());
const stad = namesOf(new StadMetrics());

it('docs/operations.md has each metric with its daemon, and no other', () => {
  const documented = tableRows(`${top}docs/operations.md`)
    .filter(([name = '']) => name.startsWith('permafrost_'))
    .map(([name = '', daemon = '']) => `${name} ${daemon}`);
  const known = [...new Set([...regd, ...stad])].map((name) => {
    if (regd.includes(name) && stad.includes(name)) return `${name} both`;
    return regd.includes(name) ? `${name} regd` : `${name} stad`;
  });
  expect(documented.toSorted()).toEqual(known.toSorted());
});

it('the alerts ask for metrics that there are', () => {
  const rules = readFileSync(`${top}packaging/prometheus/permafrost.rules.yml`, 'utf8');
  const asked = [...rules.matchAll(/permafrost_\w+/g)].map(([name]) =>
    name.replace(/_seconds_(?:sum|count)$/, '_seconds'),
  );
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => ![...regd, ...stad].includes(name))).toEqual([]);
});
