/** Whether a host is an IP address or a socket, so that it means one and the same target everywhere. */
export function isLiteral(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

/** True for the addresses that a machine has for itself alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** True for a name that has to be resolved: no address, no socket, no wildcard, not `localhost`. */
export function isHostName(host: string | undefined): host is string {
  return host !== undefined && host !== 'localhost' && !isLiteral(host) && /^(?=.*[a-z])[a-z0-9_.-]+$/i.test(host);
}
