import { hashesSource } from '../../model/algorithm.ts';
import { algorithmText } from '../../compare/texts.ts';
import type { Algorithm } from '../../model/algorithm.ts';
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
        what: say`${head.pool.name} spreads ${UNITS[head.pool.protocol]} instead of ${UNITS[base.pool.protocol]}.`,
        why:
          head.pool.protocol === 'http'
            ? say`What is no HTTP is refused from now on.`
            : say`Everything that reads requests (paths, headers, cookies) has no effect any more, and all that comes over one connection meets one server.`,
        fix: say`Make sure that clients speak that, and that no rule of the pool reads what is not there.`,
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
      fix: say`If it is meant, deploy it by itself, so that what it does can be told from everything else.`,
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

const followsLoad = (algorithm: Algorithm): boolean =>
  algorithm.kind === 'least-connections' ||
  algorithm.kind === 'least-time' ||
  (algorithm.kind === 'random' && algorithm.choices > 1);

/** What changes for traffic when one way of picking replaces another. */
function consequence(before: Algorithm | undefined, after: Algorithm | undefined): Text {
  if (before === undefined || after === undefined)
    return say`One of the two is not told by the file, so the new split cannot be compared.`;
  if (before.kind === 'hash' && after.kind === 'hash') {
    if (before.key.native !== after.key.native)
      return say`Other keys decide now, so nearly every client meets another server once.`;
    if (JSON.stringify(before.lookup) !== JSON.stringify(after.lookup))
      return say`The map from keys to servers is another one, so most keys meet another server once: caches are cold and sessions lost.`;
  }
  if (hashesSource(after)) {
    return say`The split now follows the addresses of the clients: all users behind one proxy or NAT meet one server, and a probe from one address cannot confirm it.`;
  }
  if (after.kind === 'hash') {
    return say`The split now follows the keys of the requests: one hot key loads one server, and a probe has to vary the key.`;
  }
  const leaves = before.kind === 'hash';
  const lost = leaves
    ? [say`Clients no longer meet the same server: caches are cold and sessions kept on a server are lost.`]
    : [];
  return sentences(...lost, ofTheNew(before, after));
}

function ofTheNew(before: Algorithm, after: Algorithm): Text {
  if (followsLoad(after)) {
    return say`Shares now follow load: a server that fails fast looks idle and draws traffic, unless a check looks at its answers.`;
  }
  if (after.kind === 'fill') return say`The first server takes everything until its connection limit is reached.`;
  if (after.kind === 'random') return say`Each request is an independent draw, so shares scatter around the weights.`;
  if (after.kind === 'unknown')
    return say`How this method splits traffic is not known here, so shares are not predicted.`;
  return followsLoad(before)
    ? say`A slow server gets as many requests as the others, and its open requests pile up.`
    : say`Every server is picked in turn, as often as its weight says.`;
}
