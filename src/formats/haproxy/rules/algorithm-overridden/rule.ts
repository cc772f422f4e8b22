import type { Pool } from '../../../../model/pool.ts';
import { say } from '../../../../text/say.ts';
import { defineRule, type Draft } from '../../../../rules/rule.ts';
import { overriddenAlgorithm } from '../../../../rules/shared/overridden.ts';

export const rule = defineRule({
  id: 'algorithm-overridden',
  title: 'The configured balancing algorithm is used',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    yield* overriddenAlgorithm(pool);
    yield* readsRequestsInTcp(pool);
  },
});

function* readsRequestsInTcp({ name, protocol, algorithm }: Pool): Generator<Draft> {
  const native = algorithm.value?.native ?? '';
  if (protocol !== 'tcp' || !algorithm.written || !/^(?:uri|url_param|hdr)\b/.test(native)) return;
  yield {
    at: algorithm.at,
    pool: name,
    key: 'tcp',
    what: say`${`balance ${native}`} needs HTTP, and ${name} is in ${'mode tcp'}.`,
    why: say`HAProxy uses round robin instead, so requests with one key spread over all servers.`,
    fix: say`Set ${'mode http'}, or an algorithm that does not read requests: ${'balance source'}.`,
  };
}
