import { routeParts } from '../../../src/compare/flow.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';

const HTTP_ROUTE = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: carts }
spec: { rules: [{ backendRefs: [{ name: stable, port: 80, weight: 100 }, { name: next, port: 80, weight: 0 }] }] }
`;

const VIRTUAL_SERVICE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: carts }
spec:
  hosts: [carts]
  http: [{ route: [{ destination: { host: stable }, weight: 100 }, { destination: { host: next }, weight: 0 }] }]
`;

const rollout = (routing: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: carts }
spec: { strategy: { canary: { trafficRouting: { ${routing} } } } }
`;

const FLAGGER = `apiVersion: flagger.app/v1beta1
kind: Canary
metadata: { name: carts }
spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: carts } }
`;

const ANY = { low: 0, high: 1 };

test.each([
  ['an HTTPRoute', HTTP_ROUTE, 'nobody', '', [1, 0]],
  ['a VirtualService', VIRTUAL_SERVICE, 'nobody', '', [1, 0]],
  [
    'an HTTPRoute',
    HTTP_ROUTE,
    'Argo',
    rollout('plugins: { argoproj-labs/gatewayAPI: { httpRoute: carts } }'),
    [ANY, ANY],
  ],
  ['a VirtualService', VIRTUAL_SERVICE, 'Argo', rollout('istio: { virtualService: { name: carts } }'), [ANY, ANY]],
  [
    'a VirtualService',
    VIRTUAL_SERVICE,
    'Argo for another',
    rollout('istio: { virtualService: { name: other } }'),
    [1, 0],
  ],
  ['an HTTPRoute', HTTP_ROUTE, 'Flagger', FLAGGER, [ANY, ANY]],
  ['a VirtualService', VIRTUAL_SERVICE, 'Flagger', FLAGGER, [ANY, ANY]],
])('the split of %s is known unless a controller rewrites it: %s', (_, route, __, controller, parts) => {
  const text = [route, controller].filter((document) => document !== '').join('---\n');
  const config = reader.read('mesh.yaml', new MemoryTree({ 'mesh.yaml': text }), { rootMap: {} });
  const [split] = config.routes;
  expect(split?.to.map(({ weight }) => weight.value)).toEqual([100, 0]);
  expect(split && routeParts(split, [config])).toEqual(parts);
});
