import { defineRule, type Draft } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { canarySetting, isCanary } from '../../ingress/canary.ts';
import { claimsByHost, type Claim } from '../../ingress/claims.ts';
import type { IngressPath } from '../../ingress/paths.ts';

export const rule = defineRule({
  id: 'canary-ignored',
  title: 'Canary settings of Ingresses take effect',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    const ingresses = clusterOf(config)?.of('networking.k8s.io/Ingress') ?? [];
    const seen = new Set<unknown>();
    for (const ingress of ingresses) {
      const place = canarySetting(ingress);
      if (place === undefined || isCanary(ingress)) continue;
      seen.add(ingress);
      yield {
        at: place,
        key: ingress.name,
        what: say`The canary settings of ${ingress.name} have no effect: it has no ${'canary: "true"'}.`,
        why: say`ingress-nginx reads no other canary annotation without it, and of two Ingresses with one path the older counts.`,
        fix: say`Add ${'nginx.ingress.kubernetes.io/canary: "true"'}.`,
      };
    }
    for (const claims of claimsByHost(ingresses).values())
      for (const claim of claims)
        for (const draft of [...second(claim), ...withoutMain(claim, claims)]) {
          if (seen.has(draft.of.ingress)) continue;
          seen.add(draft.of.ingress);
          yield draft.draft;
        }
  },
});

interface Ignored {
  readonly of: IngressPath;
  readonly draft: Draft;
}

/** One canary counts for a path (`alternative_backends[1]` in balancer.lua). */
function second({ claims }: Claim): Ignored[] {
  const [first, ...others] = claims.filter(({ ingress }) => isCanary(ingress));
  return others.map((of) => ({
    of,
    draft: {
      at: canarySetting(of.ingress) ?? of.ingress.at,
      key: of.ingress.name,
      what: say`${of.ingress.name} is a second canary of ${nameOf(of)}, and gets no traffic.`,
      why: say`ingress-nginx uses one canary for each path: that of ${first?.ingress.name ?? ''}, the older one.`,
      fix: say`Remove one of the two canaries, or add an HTTPRoute, which splits between any number of backends.`,
      related: first === undefined ? [] : [{ at: first.ingress.at, note: say`the canary that is used` }],
    },
  }));
}

/** A canary needs a main Ingress of the same host, path and `pathType`. Where the host is not in the files it may be elsewhere. */
function withoutMain({ main, claims }: Claim, ofHost: readonly Claim[]): Ignored[] {
  const [of] = claims;
  const other = ofHost.find((one) => one.main !== undefined)?.main;
  if (main !== undefined || of === undefined || other === undefined) return [];
  return [
    {
      of,
      draft: {
        at: canarySetting(of.ingress) ?? of.ingress.at,
        key: of.ingress.name,
        what: say`The canary ${of.ingress.name} has no main Ingress for ${nameOf(of)} with ${`pathType: ${of.pathType}`}.`,
        why: say`ingress-nginx uses a canary only for the same host, path and ${'pathType'}, so this one gets no traffic.`,
        fix: say`Set ${`path: ${other.path?.value ?? '/'}`} with ${`pathType: ${other.pathType}`} as in ${other.ingress.name}.`,
        related: [
          { at: of.path?.at ?? of.ingress.at, note: say`the path of the canary` },
          { at: other.path?.at ?? other.ingress.at, note: say`the path of ${other.ingress.name}` },
        ],
      },
    },
  ];
}

function nameOf({ host, path }: IngressPath): string {
  return `${host}${path?.value ?? '/'}`;
}
