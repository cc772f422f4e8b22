/** CPU time that a piece of work takes in this process, ms: what a busy machine does not change, as it does wall time. */
export function cpuMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
