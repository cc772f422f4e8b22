import { defineRule } from '../../../../rules/rule.ts';
import type { Span } from '../../../../model/span.ts';
import { headOf, itemsOf } from '../../../../text/positioned.ts';
import { say } from '../../../../text/say.ts';
import { serviceOf } from '../../core/found-service.ts';
import { isHeadless } from '../../core/services.ts';
import { at, rawAt } from '../../nodes.ts';
import type { KubeObject } from '../../objects.ts';

export const rule = defineRule({
  id: 'calls-stay-on-one-pod',
  title: 'Calls over one HTTP/2 connection reach more than one pod',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, config }) {
    const own = serviceOf(pool, config);
    const place = own && multiplexed(own.service);
    if (own === undefined || place === undefined || isHeadless(own.service)) return;
    const pods = pool.servers.reduce((sum, { instances }) => sum + (instances.count.value ?? 2), 0);
    // A mesh balances calls, not connections.
    const isMeshed = own.cluster.kinds.some((kind) => kind.includes('istio.io/') || kind.includes('linkerd.io/'));
    if (pods < 2 || isMeshed) return;
    yield {
      at: place,
      what: say`${pool.name} balances connections, and HTTP/2 sends many calls over one connection.`,
      why: say`Every call of a client stays on the pod that got its connection, so a few clients load a few pods.`,
      fix: say`Set ${'clusterIP: None'} and round robin in the client, or add a route of a gateway or mesh that balances calls.`,
    };
  },
});

/** The port whose protocol is HTTP/2 in the open, by its `appProtocol` or else its name. */
function multiplexed({ spec }: KubeObject): Span | undefined {
  for (const port of itemsOf(at(spec, 'ports'))) {
    const protocol = at(port, 'appProtocol');
    if (protocol !== undefined && /^(?:kubernetes\.io\/h2c|h2c|grpc|http2|grpc-web)$/i.test(rawAt(protocol) ?? ''))
      return headOf(protocol);
    const name = at(port, 'name');
    if (protocol === undefined && name !== undefined && /^(?:grpc|h2c|http2)(?:-|$)/.test(rawAt(name) ?? ''))
      return headOf(name);
  }
  return undefined;
}
