import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';
import { serviceOf } from '../../core/found-service.ts';
import { nearMissOf } from '../../core/near-miss.ts';
import { labelsPlace } from '../../core/workloads.ts';

export const rule = defineRule({
  id: 'selector-matches-no-pods',
  title: 'Selectors of Services match the labels of pods',
  severity: 'error',
  scope: 'pool',
  *check({ pool, config }) {
    const own = serviceOf(pool, config);
    const miss = own && nearMissOf(own.service, own.cluster);
    if (miss === undefined) return;
    const { workload, key, wanted, has, alike } = miss;
    const label = `${key}: ${wanted.value ?? ''}`;
    yield {
      at: wanted.at,
      ...(alike ? {} : { severity: 'warning' as const }),
      what:
        has === undefined
          ? say`No pods in these files have ${label}; the pods of ${workload.object.name} have no label ${key}.`
          : say`No pods in these files have ${label}; the pods of ${workload.object.name} have ${`${key}: ${has.value ?? ''}`}.`,
      why: say`The Service ${pool.name} has no endpoints, so every connection to it fails.`,
      fix:
        has === undefined
          ? say`Add ${label} to the labels of the pod template of ${workload.object.name}.`
          : say`Set ${`${key}: ${has.value ?? ''}`} in the selector.`,
      related: [{ at: has?.at ?? labelsPlace(workload), note: say`the labels of ${workload.object.name}` }],
    };
  },
});
