import { isBackup, type Pool } from '../../../../model/pool.ts';
import { count, say } from '../../../../text/say.ts';
import { compareVersions } from '../../../../text/versions.ts';
import { defineRule, type Draft } from '../../../../rules/rule.ts';

/** From here on nginx keeps connections whatever stands above the method. */
const ANY_ORDER = '1.29.7';

export const rule = defineRule({
  id: 'method-order',
  title: 'The configured balancing algorithm is in effect',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, version }) {
    yield* overridden(pool);
    if (pool.dialect.format === 'haproxy') yield* webMethodInTcp(pool);
    if (pool.dialect.format === 'nginx') yield* orderInNginx(pool, version);
  },
});

/** Two methods in one pool: readers keep the one that lost as the option `overridden method`. */
function* overridden(pool: Pool): Generator<Draft> {
  const lost = pool.options.get('overridden method');
  const method = pool.algorithm.value;
  if (lost?.value === undefined || method === undefined || lost.value === method.native) return;
  yield {
    at: pool.algorithm.at,
    pool: pool.name,
    key: 'overridden',
    what: say`${pool.name} sets two methods: ${lost.value}, then ${method.native}; the last one is in force.`,
    why: say`Whoever reads the first line is wrong about how traffic is split, and the checkers do not say so.`,
    fix: say`Keep the one that is meant.`,
    related: [{ at: lost.at, note: say`This method has no effect` }],
  };
}

function* webMethodInTcp(pool: Pool): Generator<Draft> {
  const method = pool.algorithm.value;
  if (pool.protocol !== 'tcp' || !pool.algorithm.written || !/^(?:uri|url_param|hdr)\b/.test(method?.native ?? ''))
    return;
  yield {
    at: pool.algorithm.at,
    pool: pool.name,
    key: 'tcp',
    what: say`${`balance ${method?.native ?? ''}`} needs HTTP, and ${pool.name} is in ${'mode tcp'}.`,
    why: say`HAProxy falls back to round robin, so requests with one key spread over all servers.`,
    fix: say`Write ${'mode http'}, or a method that needs no request: ${'balance source'}.`,
  };
}

/** nginx takes the directives of an upstream one after another. `version`: the declared one of nginx. */
function* orderInNginx(pool: Pool, version: string | undefined): Generator<Draft> {
  const { algorithm } = pool;
  const method = algorithm.value;
  if (!algorithm.written || method === undefined) return;
  const before = (at: Pool['at']): boolean => at.source === algorithm.at.source && at.start < algorithm.at.start;
  const keepalive = pool.options.get('keepalive');
  const anyOrder = version !== undefined && compareVersions(version, ANY_ORDER) >= 0;
  if (keepalive && before(keepalive.at) && !anyOrder) {
    yield {
      at: algorithm.at,
      pool: pool.name,
      key: 'keepalive',
      what: say`${method.native} stands after ${'keepalive'} in ${pool.name}.`,
      why:
        version === undefined
          ? say`Before nginx 1.30 this order drops ${'keepalive'} ("load balancing method redefined"): every request opens a new connection.`
          : say`nginx ${version} warns "load balancing method redefined" and drops ${'keepalive'}: every request opens a new connection.`,
      fix: say`Move ${method.native} above ${'keepalive'}.`,
      related: [{ at: keepalive.at, note: say`This line loses its effect` }],
    };
  }
  const noBackups = method.kind === 'hash' || method.native.startsWith('random');
  const backups = pool.servers.filter((server) => isBackup(server) === true && before(server.at));
  const [first] = backups;
  if (!noBackups || first === undefined) return;
  yield {
    at: algorithm.at,
    pool: pool.name,
    key: 'backup',
    what: say`${method.native} knows no backups, and ${pool.name} lists ${count(backups.length, 'backup')} above it.`,
    why: say`nginx accepts the file in this order and ignores the backups: when the others are down, requests fail.`,
    fix: say`Take ${'backup'} away, or use a method that knows it (${'least_conn'}).`,
    related: [{ at: first.at, note: say`This server never gets traffic` }],
  };
}
