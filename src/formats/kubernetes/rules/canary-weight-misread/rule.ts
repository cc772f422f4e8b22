import { defineRule, type Draft } from '../../../../rules/rule.ts';
import { percent, say } from '../../../../text/say.ts';
import { clusterOf } from '../../cluster.ts';
import { annotation, isCanary } from '../../ingress/canary.ts';
import { wholeNumber } from '../../nodes.ts';
import type { KubeObject } from '../../objects.ts';

export const rule = defineRule({
  id: 'canary-weight-misread',
  title: 'Weights of canaries are valid',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    for (const ingress of clusterOf(config)?.of('networking.k8s.io/Ingress') ?? [])
      if (isCanary(ingress)) yield* draftsOf(ingress);
  },
});

function* draftsOf(ingress: KubeObject): Generator<Draft> {
  const weight = annotation(ingress, 'canary-weight');
  const total = annotation(ingress, 'canary-weight-total');
  const key = ingress.name;
  if (weight?.value === undefined || (total !== undefined && total.value === undefined)) return;
  const number = wholeNumber(weight.value);
  const asked = total?.value === undefined ? 100 : wholeNumber(total.value);
  const all = asked !== undefined && asked > 100 ? asked : 100;
  if (number === undefined || number < 0) {
    yield {
      at: weight.at,
      key,
      what: say`${weight.value} is not a whole number, so ${ingress.name} gets no traffic by weight.`,
      why: say`ingress-nginx reads such a ${'canary-weight'} as 0 and says nothing.`,
      fix: say`Set a whole number from 0 to ${all}: ${`canary-weight: "${Number.parseInt(weight.value, 10) || 10}"`}.`,
    };
    return;
  }
  if (total !== undefined && asked !== all)
    yield {
      at: total.at,
      key,
      what: say`${`canary-weight-total: "${total.value ?? ''}"`} is ignored, so ${ingress.name} gets ${percent(Math.min(1, number / 100))}.`,
      why: say`ingress-nginx counts the total from 100 up; with a smaller one the weight is a part of 100.`,
      fix:
        asked !== undefined && asked > 0
          ? say`Set ${`canary-weight: "${Math.round((100 * number) / asked)}"`} and remove the total.`
          : say`Remove ${'canary-weight-total'}.`,
      related: [{ at: weight.at, note: say`the weight` }],
    };
  if (number > all)
    yield {
      at: weight.at,
      key,
      what: say`${`canary-weight: "${weight.value}"`} is above the total of ${all}, so ${ingress.name} gets all requests.`,
      why: say`Nothing reaches the main Service of this path.`,
      fix: say`Set a weight below ${all}, or ${`canary-weight-total: "${number * 2}"`} if it is a part of a larger total.`,
    };
}
