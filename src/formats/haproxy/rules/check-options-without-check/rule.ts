import type { Pool, Server } from '../../../../model/pool.ts';
import { placeKey, type Setting } from '../../../../model/span.ts';
import { name, say } from '../../../../text/say.ts';
import { standsIn } from '../../../../rules/shared/lookups.ts';
import { defineRule, type Draft } from '../../../../rules/rule.ts';

/** Words of a server that only tune its check; `slowstart` is the matter of slow-start-ineffective. */
const TUNING = ['inter', 'fastinter', 'downinter', 'rise', 'fall', 'port', 'addr', 'check-ssl', 'check-send-proxy'];

export const rule = defineRule({
  id: 'check-options-without-check',
  title: 'Check options are set only on servers with a check',
  severity: 'warning',
  scope: 'pool',
  coveredBy: { 'no-health-check': 'pool' },
  *check({ pool }) {
    yield* unusedKind(pool);
    yield* unusedTuning(pool);
  },
});

/** `option httpchk` and its like choose the kind of check, and check nobody. */
function* unusedKind(pool: Pool): Generator<Draft> {
  if (pool.servers.length === 0 || pool.servers.some((server) => server.activeCheck)) return;
  for (const [option, setting] of pool.options) {
    if (!/^(?:option .*(?:chk|-check)|http-check .*|tcp-check .*)$/.test(option) || !standsIn(pool, setting.at))
      continue;
    yield {
      at: setting.at,
      pool: pool.name,
      what: say`${pool.name} has ${option}, but none of its servers has ${'check'}.`,
      why: say`It only configures checks; without ${'check'} on a server, HAProxy runs none and keeps sending to failed servers.`,
      fix: say`Add ${'check'} to every server line, or ${'default-server check'} above them.`,
    };
    return;
  }
}

function* unusedTuning(pool: Pool): Generator<Draft> {
  const seen = new Set<string>();
  for (const server of pool.servers) {
    const found = server.activeCheck === undefined ? tuningOf(server) : undefined;
    if (found === undefined || seen.has(placeKey(found.setting.at))) continue;
    // A default-server line is for many servers: one of them without check is the matter of partial-check.
    if (found.setting.at.start < server.at.start && pool.servers.some((other) => other.activeCheck)) continue;
    seen.add(placeKey(found.setting.at));
    yield {
      at: found.setting.at,
      pool: pool.name,
      server: server.name,
      what: say`${server.name} has ${found.option} but no ${'check'}.`,
      why: say`The option configures a check that does not run, so ${server.name} stays in the pool when it is down.`,
      fix: say`Add ${'check'} next to ${name(found.option)}.`,
    };
  }
}

function tuningOf(server: Server): { readonly option: string; readonly setting: Setting<string> } | undefined {
  for (const option of TUNING) {
    const setting = server.options.get(option);
    if (setting) return { option, setting };
  }
  return undefined;
}
