import { isIP } from 'node:net';
import { malformedRequest } from './authority-error.ts';

/** Throws an AuthorityError unless it is a DNS name or an IP address. */
export function checkHost(host: string): void {
  if (isIP(host) === 0) checkDnsName(host);
}

/** Throws an AuthorityError unless it is the DNS name of one host: no wildcard, no dot at the end. */
export function checkDnsName(host: string): void {
  if (isIP(host) !== 0 || !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) {
    throw malformedRequest(`not the DNS name of a host: ${host}`);
  }
}
