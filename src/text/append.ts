/** Adds items to the end of a list. `push(...items)` makes each an argument, and some 100,000 of them overflow the stack. */
export function append<T>(list: T[], items: Iterable<T>): void {
  for (const item of items) list.push(item);
}
