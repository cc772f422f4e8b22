import type { Config } from '../../model/config.ts';
import { placeKey, type Setting } from '../../model/span.ts';
import { duration, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'long-timeout',
  title: 'Response timeouts are at most a few minutes',
  severity: 'notice',
  options: { max: { type: 'duration', default: 600_000, describe: 'Maximum response timeout before it is a notice.' } },
  scope: 'config',
  *check({ config, options }) {
    const seen = new Set<string>();
    for (const { pool, setting } of answerTimeouts(config)) {
      const ms = setting.value;
      if (!setting.written || ms === undefined || ms <= options['max'] || seen.has(placeKey(setting.at))) continue;
      seen.add(placeKey(setting.at));
      yield {
        at: setting.at,
        ...(pool === undefined ? {} : { pool }),
        what: say`A server may take ${duration(ms)} to answer.`,
        why: say`Requests to a server that hangs hold their connections for that time, until the balancer has none left.`,
        fix: say`Set the timeout slightly above the slowest valid response, and a longer one only for slow paths (downloads, WebSockets).`,
      };
    }
  },
});

/** Timeouts for answers; connections that are long by nature (TCP, WebSocket) are left out. */
function* answerTimeouts({ dialect, references, pools }: Config): Generator<Place> {
  for (const reference of dialect.timeoutsAtReferences ? references : []) {
    const setting = reference.timeouts.serverMs;
    if (setting && reference.protocol === 'http' && reference.upgrades !== true)
      yield { pool: reference.pool, setting };
  }
  for (const { name, timeouts, protocol, servers } of pools) {
    if (timeouts.serverMs && protocol === 'http' && servers.length > 0)
      yield { pool: name, setting: timeouts.serverMs };
  }
}

interface Place {
  readonly pool: string | undefined;
  readonly setting: Setting<number>;
}
