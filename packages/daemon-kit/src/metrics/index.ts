// Metrics for Prometheus, as both daemons have them.
export * from './activity.ts';
export * from './journal-metrics.ts';
export * from './metrics.ts';
export * from './metrics-endpoint.ts';
