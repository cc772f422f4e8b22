import { algorithmText } from '../../compare/texts.ts';
import { followsLoad, hashesSource, type Algorithm } from '../../model/algorithm.ts';
import type { Pool } from '../../model/pool.ts';
import type { Text } from '../../model/text.ts';
import { percent, say, sentences, words } from '../../text/say.ts';
import { compared, rises, servingCount } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'algorithm-changed',
  title: 'The balancing algorithm is unchanged',
  severity: 'warning',
  scope: 'change',
  covers: { 'share-shift': 'pool', 'hash-remap': 'pool', 'n-1-worse': 'pool' },
  options: {
    'error-rise': {
      type: 'percent',
      default: 0.25,
      describe: 'Maximum rise of a share, in points, before it is an error.',
    },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const { base, head } = sides;
    const unit = change.changes.find(({ setting }) => setting === 'protocol');
    if (unit !== undefined) {
      yield {
        at: unit.at,
        key: 'protocol',
        what: say`${head.pool.name} balances ${UNITS[head.pool.protocol]} instead of ${UNITS[base.pool.protocol]}.`,
        why:
          head.pool.protocol === 'http'
            ? say`Clients that do not speak HTTP are refused from now on.`
            : say`Settings that read requests (paths, headers, cookies) lose their effect, and all requests of one connection go to one server.`,
        fix: say`Set the old protocol again, unless every client of the pool speaks the new one.`,
      };
    }
    const changed = change.changes.find(({ kind }) => kind === 'algorithm-changed');
    if (changed === undefined) return;
    const rise = rises(change)[0];
    const large =
      rise !== undefined &&
      rise.after - rise.before > options['error-rise'] &&
      rise.after > 1 / servingCount(head.pool) + 0.01;
    const shares = large ? [say`${rise.name} goes from ${percent(rise.before)} to ${percent(rise.after)}.`] : [];
    yield {
      at: changed.at,
      severity: large ? 'error' : 'warning',
      what: say`${head.pool.name} picks servers by ${algorithmText(head.pool)} instead of ${algorithmText(base.pool)}.`,
      why: sentences(consequence(base.pool.algorithm.value, head.pool.algorithm.value), ...shares),
      fix: say`Set the old algorithm again, or deploy this change alone, so that its effect can be measured.`,
    };
  },
});

/** What is spread, by what the pool speaks. */
const UNITS: Readonly<Record<Pool['protocol'], Text>> = {
  http: words('requests'),
  tcp: words('connections'),
  udp: words('datagrams'),
  unknown: words('traffic'),
};

/** What changes for traffic when one way of picking replaces another. */
function consequence(before: Algorithm | undefined, after: Algorithm | undefined): Text {
  if (before === undefined || after === undefined)
    return say`The config does not say one of the two algorithms, so the splits cannot be compared.`;
  if (before.kind === 'hash' && after.kind === 'hash') {
    if (before.key.native !== after.key.native)
      return say`Requests are hashed by a different key, so nearly every client goes to a different server once.`;
    if (JSON.stringify(before.lookup) !== JSON.stringify(after.lookup))
      return say`Keys map to servers in a different way, so most keys move once: caches are cold and sessions are lost.`;
  }
  if (hashesSource(after)) {
    return say`The split now follows client addresses: all users behind one proxy go to one server, and a probe from one address cannot confirm it.`;
  }
  if (after.kind === 'hash') {
    return say`The split now follows the keys of the requests: one hot key loads one server, and a probe has to vary the key.`;
  }
  const leaves = before.kind === 'hash';
  const lost = leaves
    ? [say`Clients no longer stay on their server: caches are cold and sessions kept on a server are lost.`]
    : [];
  return sentences(...lost, ofTheNew(before, after));
}

function ofTheNew(before: Algorithm, after: Algorithm): Text {
  if (followsLoad(after)) {
    return say`Shares now follow load: a server that fails fast looks idle and attracts traffic, unless a check inspects its responses.`;
  }
  if (after.kind === 'fill') return say`The first server takes everything until its connection limit is reached.`;
  if (after.kind === 'random') return say`Each request is an independent draw, so shares scatter around the weights.`;
  if (after.kind === 'unknown')
    return say`evenkeel does not know how this algorithm splits traffic, so it predicts no shares.`;
  return followsLoad(before)
    ? say`A slow server gets as many requests as the others, and its open requests pile up.`
    : say`Requests follow the weights, regardless of load.`;
}
