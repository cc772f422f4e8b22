import { isBackup, type Pool } from '../../../../model/pool.ts';
import { count, say } from '../../../../text/say.ts';
import { compareVersions } from '../../../../text/versions.ts';
import { defineRule, type Draft } from '../../../../rules/rule.ts';
import { overriddenAlgorithm } from '../../../../rules/shared/overridden.ts';

/** From here on nginx keeps connections wherever the algorithm is. */
const ANY_ORDER = '1.29.7';

export const rule = defineRule({
  id: 'method-order',
  title: 'The configured balancing algorithm is in effect',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, version }) {
    yield* overriddenAlgorithm(pool);
    yield* lostKeepalive(pool, version);
    yield* lostBackups(pool);
  },
});

/** nginx reads the directives of an upstream one after another. */
function isAboveAlgorithm({ algorithm }: Pool, { source, start }: Pool['at']): boolean {
  return algorithm.written && source === algorithm.at.source && start < algorithm.at.start;
}

/** `version`: the declared one of nginx. */
function* lostKeepalive(pool: Pool, version: string | undefined): Generator<Draft> {
  const { value, at } = pool.algorithm;
  const keepalive = pool.options.get('keepalive');
  if (value === undefined || keepalive === undefined || !isAboveAlgorithm(pool, keepalive.at)) return;
  if (version !== undefined && compareVersions(version, ANY_ORDER) >= 0) return;
  yield {
    at,
    pool: pool.name,
    key: 'keepalive',
    what: say`${value.native} comes after ${'keepalive'} in ${pool.name}.`,
    why:
      version === undefined
        ? say`Before nginx 1.30 this order drops ${'keepalive'} ("load balancing method redefined"): every request opens a new connection.`
        : say`nginx ${version} warns "load balancing method redefined" and drops ${'keepalive'}: every request opens a new connection.`,
    fix: say`Move ${value.native} above ${'keepalive'}.`,
    related: [{ at: keepalive.at, note: say`This line loses its effect` }],
  };
}

function* lostBackups(pool: Pool): Generator<Draft> {
  const { value, at } = pool.algorithm;
  if (value?.kind !== 'hash' && value?.kind !== 'random') return;
  const backups = pool.servers.filter((server) => isBackup(server) === true && isAboveAlgorithm(pool, server.at));
  const [first] = backups;
  if (first === undefined) return;
  yield {
    at,
    pool: pool.name,
    key: 'backup',
    what: say`${value.native} does not support backups, and ${pool.name} lists ${count(backups.length, 'backup')} above it.`,
    why: say`nginx accepts the file in this order and ignores the backups: when the others are down, requests fail.`,
    fix: say`Remove ${'backup'}, or set an algorithm that supports it (${'least_conn'}).`,
    related: [{ at: first.at, note: say`This server never gets traffic` }],
  };
}
