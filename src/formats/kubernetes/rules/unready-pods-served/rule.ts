import { defineRule } from '../../../../rules/rule.ts';
import { headOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { serviceOf } from '../../core/found-service.ts';
import { isHeadless } from '../../core/services.ts';
import { at, isTrue } from '../../nodes.ts';

export const rule = defineRule({
  id: 'unready-pods-served',
  title: 'Pods that are not ready get no traffic',
  severity: 'warning',
  coveredBy: { 'no-health-check': 'pool' },
  scope: 'pool',
  *check({ pool, config }) {
    const own = serviceOf(pool, config);
    const flag = own && at(own.service.spec, 'publishNotReadyAddresses');
    // Members of a cluster have to find each other before they are ready.
    if (own === undefined || flag === undefined || !isTrue(flag) || isHeadless(own.service)) return;
    yield {
      at: headOf(flag),
      what: say`${pool.name} sends connections to pods that are not ready.`,
      why: say`A pod that starts, stops or fails its readiness probe keeps its share, and these connections fail.`,
      fix: say`Remove ${'publishNotReadyAddresses'}, or set ${'clusterIP: None'} if only its peers use the Service.`,
    };
  },
});
