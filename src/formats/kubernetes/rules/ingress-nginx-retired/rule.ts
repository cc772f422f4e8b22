import { nameOfTarget } from '../../../../model/route.ts';
import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { classPlace, isIngressNginx } from '../../ingress/controllers.ts';

export const rule = defineRule({
  id: 'ingress-nginx-retired',
  title: 'The Ingress controller is maintained',
  severity: 'notice',
  scope: 'config',
  *check({ config }) {
    const cluster = clusterOf(config);
    const used = cluster?.of('networking.k8s.io/Ingress').filter((ingress) => isIngressNginx(ingress, cluster)) ?? [];
    const [first] = used;
    if (first === undefined) return;
    const splits = config.routes.filter(({ key, to }) => to.length > 1 && key.includes(first.namespace));
    const [split] = splits;
    const refs = split?.to
      .filter(({ weight }) => weight.value !== 0)
      .map(({ to, weight }) => `{ name: ${nameOfTarget(to)}, weight: ${weight.value ?? '?'} }`);
    yield {
      at: classPlace(first),
      what: say`${first.name} is served by ingress-nginx, which was retired in March 2026.`,
      why: say`It gets no more releases, so faults in it, also in how it splits traffic, stay.`,
      fix:
        refs === undefined || split === undefined
          ? say`Move to the Gateway API: add an HTTPRoute with the same host, paths and ${'backendRefs'}.`
          : say`Move to the Gateway API: an HTTPRoute splits ${split.name} the same way with ${`backendRefs: [${refs.join(', ')}]`}.`,
      related: used.slice(1, 4).map((ingress) => ({ at: ingress.at, note: say`served by ingress-nginx too` })),
    };
  },
});
