import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { Directive } from './parse.ts';
import { joined } from './values.ts';

/** Directives that are facts of the whole file, by their own name. */
const BY_NAME: ReadonlySet<string> = new Set(
  'worker_processes worker_connections real_ip_header set_real_ip_from resolver'.split(' '),
);

/**
 * Facts that rules look for as evidence: `worker_processes`, `worker_connections`, `real_ip_header`, `set_real_ip_from`, `resolver`,
 * `add_header NAME` with its value, `reads-forwarded-for` and, for access logs, `logs-forwarded-for`. The last one counts.
 */
export function readFacts(
  directives: readonly Directive[],
  main: Span | undefined,
): ReadonlyMap<string, Setting<string>> {
  const facts = new Map<string, Setting<string>>();
  if (main !== undefined)
    facts.set('worker_processes', implied('1', main)).set('worker_connections', implied('512', main));
  const visit = (list: readonly Directive[]): void => {
    for (const { name, args, at, block } of list) {
      if (BY_NAME.has(name)) facts.set(name, written(joined(args), at));
      if (name === 'add_header' && args[0] !== undefined)
        facts.set(`add_header ${args[0].text}`, written(joined(args.slice(1)), at));
      // Stock configurations log the header; that alone says nothing about a proxy in front.
      if (args.some((word) => /\$\{?http_x_forwarded_for\b/i.test(word.text)))
        facts.set(name === 'log_format' ? 'logs-forwarded-for' : 'reads-forwarded-for', written(joined(args), at));
      if (block !== undefined) visit(block);
    }
  };
  visit(directives);
  return facts;
}
