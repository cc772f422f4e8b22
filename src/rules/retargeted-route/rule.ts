import type { EstateChange } from '../../compare/compare.ts';
import { matchBy } from '../../compare/match.ts';
import type { Config, Pool, Reference } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { count, say } from '../../text/say.ts';
import { servingCount } from '../comparing.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'retargeted-route',
  title: 'Routes lead to the pool that they led to',
  severity: 'warning',
  scope: 'estate',
  formats: ['haproxy', 'nginx', 'neutral'],
  *check({ estate }) {
    if (estate.base === undefined) return;
    const renamed = new Map(
      estate.pools.flatMap(({ base, head }) =>
        base && head ? [[key(base.config, base.pool.name), head.pool.name]] : [],
      ),
    );
    const before = placed(estate.base).map((one) => ({
      ...one,
      target: renamed.get(key(one.config, one.target)) ?? one.target,
    }));
    const after = placed(estate.head);
    const pools = { base: poolsByKey(estate, 'base'), head: poolsByKey(estate, 'head') };
    // Equal routes pair first; what is left pairs when only the target differs in the line.
    for (const { base, head } of matchBy(before, after, [(one) => `${one.line}\0${one.target}`, (one) => one.line])) {
      if (base === undefined || head === undefined || base.target === head.target) continue;
      const old = pools.base.get(key(base.config, base.original));
      const now = pools.head.get(key(head.config, head.target));
      // A target that is nowhere defined is the finding of undefined-pool-reference.
      if (now === undefined && head.reference.address === undefined) continue;
      const fewer = old !== undefined && now !== undefined && servingCount(now) < 2 && servingCount(old) >= 2;
      yield {
        at: head.reference.at,
        ...(old === undefined ? {} : { pool: renamed.get(key(base.config, base.original)) ?? base.original }),
        severity: fewer ? 'error' : 'warning',
        key: `${head.line} ${head.target}`,
        what: say`${head.reference.kind} leads to ${head.target} now; before this change it led to ${base.original}.`,
        why:
          old !== undefined && now !== undefined
            ? say`All its traffic moves from ${count(servingCount(old), 'server')} to ${count(servingCount(now), 'server')} at once.`
            : say`All its traffic moves at once.`,
        fix: say`Make sure that the new target is warm and large enough, or move the traffic in steps.`,
      };
    }
  },
});

/** A reference to something by name or address, and its line without that. */
interface Placed {
  readonly config: Config;
  readonly reference: Reference;
  readonly target: string;
  /** The target as base calls it. */
  readonly original: string;
  readonly line: string;
}

function placed(configs: readonly Config[]): Placed[] {
  return configs.flatMap((config) =>
    config.references.flatMap((reference) => {
      const { pool, address } = reference;
      const target = pool ?? (address === undefined ? undefined : `${address.host}:${address.port}`);
      if (target === undefined || reference.kind === 'listen') return [];
      const line = [config.path, reference.kind, lineWithout(reference.at, target)].join('\0');
      return [{ config, reference, target, original: target, line }];
    }),
  );
}

/** The text of the line that a place stands on, without the target's name. */
function lineWithout({ source: { text }, start }: Span, target: string): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const end = text.indexOf('\n', start);
  const line = text.slice(from, end < 0 ? text.length : end);
  return line.replace(target, '*').replaceAll(/\s+/g, ' ').trim();
}

function poolsByKey(estate: EstateChange, side: 'base' | 'head'): ReadonlyMap<string, Pool> {
  return new Map(
    estate.pools.flatMap((change) => {
      const placed = change[side];
      return placed === undefined ? [] : [[key(placed.config, placed.pool.name), placed.pool] as const];
    }),
  );
}

function key(config: Config, pool: string): string {
  return `${config.format} ${pool}`;
}
