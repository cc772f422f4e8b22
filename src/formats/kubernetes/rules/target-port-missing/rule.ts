import { defineRule } from '../../../../rules/rule.ts';
import { headOf, itemsOf } from '../../../../text/positioned.ts';
import { list, say } from '../../../../text/say.ts';
import { serviceOf } from '../../core/found-service.ts';
import { selectorOf } from '../../core/services.ts';
import type { Workload } from '../../core/workloads.ts';
import { at, rawAt, wholeNumber } from '../../nodes.ts';

export const rule = defineRule({
  id: 'target-port-missing',
  title: 'Target ports of Services exist in their pods',
  severity: 'error',
  scope: 'pool',
  *check({ pool, config }) {
    const own = serviceOf(pool, config);
    if (own === undefined) return;
    const workloads = own.cluster.selected(own.service.namespace, selectorOf(own.service));
    for (const port of itemsOf(at(own.service.spec, 'ports'))) {
      const target = at(port, 'targetPort');
      const name = rawAt(target);
      const isComputed = target?.kind === 'scalar' && target.computed;
      if (target === undefined || name === undefined || isComputed || wholeNumber(name) !== undefined) continue;
      const without = workloads.find((workload) => !portNames(workload).includes(name));
      if (without === undefined) continue;
      const names = portNames(without);
      yield {
        at: headOf(target),
        key: name,
        what: say`No container of ${without.object.name} has a port named ${name}.`,
        why: say`Its pods are left out of this port of ${pool.name}, and without another pod every connection to the port fails.`,
        fix:
          names.length === 0
            ? say`Add ${`name: ${name}`} to the port of the container, or set its number as ${'targetPort'}.`
            : say`Set one of ${list(names, 4)} as ${'targetPort'}, or add the name to the container's port.`,
        related: [{ at: without.object.at, note: say`the workload without that port` }],
      };
    }
  },
});

function portNames({ containers }: Workload): readonly string[] {
  return containers.flatMap((container) =>
    itemsOf(at(container, 'ports')).flatMap((port) => rawAt(at(port, 'name')) ?? []),
  );
}
