import { entryFlow, routeParts } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Route } from '../../../src/model/route.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';

interface Options {
  readonly annotations?: readonly string[];
  readonly path?: string;
  readonly pathType?: string;
  readonly service?: string;
  readonly className?: string;
}

function ingress(name: string, options: Options = {}): string {
  const { annotations = [], path = '/', pathType = 'Prefix', service = name, className = 'nginx' } = options;
  const written =
    annotations.length === 0 ? '' : `  annotations:\n${annotations.map((one) => `    ${one}\n`).join('')}`;
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
${written}spec:
  ingressClassName: ${className}
  rules:
    - host: carts.example
      http:
        paths:
          - path: ${path}
            pathType: ${pathType}
            backend: { service: { name: ${service}, port: { number: 80 } } }
`;
}

const NGINX = 'nginx.ingress.kubernetes.io';
const canary = (...settings: readonly string[]): string =>
  ingress('next', { annotations: [`${NGINX}/canary: "true"`, ...settings.map((one) => `${NGINX}/${one}`)] });

const read = (...documents: readonly string[]): Config =>
  reader.read('ingress.yaml', new MemoryTree({ 'ingress.yaml': documents.join('---\n') }), { rootMap: {} });

function routeOf(config: Config): Route {
  const [route] = config.routes;
  if (route === undefined) throw new Error('no route');
  return route;
}

const partsOf = (config: Config): unknown => routeParts(routeOf(config), [config]);

describe('a canary of ingress-nginx', () => {
  test.each([
    ['canary-weight: "20"', [0.8, 0.2]],
    ['canary-weight: "0"', [1, 0]],
    ['canary-weight: "150"', [0, 1]],
    ['canary-weight: "20 percent"', [1, 0]],
    ['canary-weight: "-5"', [1, 0]],
    ['canary-by-header: "x-next"', [1, 0]],
  ])('with %s splits %p', (setting, parts) => {
    expect(partsOf(read(ingress('carts'), canary(setting)))).toEqual(parts);
  });

  test('counts parts of a total above 100', () => {
    expect(partsOf(read(ingress('carts'), canary('canary-weight: "20"', 'canary-weight-total: "1000"')))).toEqual([
      0.98, 0.02,
    ]);
    expect(partsOf(read(ingress('carts'), canary('canary-weight: "20"', 'canary-weight-total: "50"')))).toEqual([
      0.8, 0.2,
    ]);
  });

  test('has bounds when a template fills in its weight', () => {
    const parts = partsOf(read(ingress('carts'), canary("canary-weight: '{{ W }}'")));
    expect(parts).toEqual([
      { low: 0, high: 1 },
      { low: 0, high: 1 },
    ]);
  });

  test('is not judged by its weights while a controller rewrites them', () => {
    const rollout = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: carts }
spec: { strategy: { canary: { trafficRouting: { nginx: { stableIngress: carts } } } } }
`;
    const config = read(ingress('carts'), canary('canary-weight: "20"'), rollout);
    expect(routeOf(config).to.map(({ weight }) => weight.value)).toEqual([80, 20]);
    expect(partsOf(config)).toEqual([
      { low: 0, high: 1 },
      { low: 0, high: 1 },
    ]);
  });
});

test.each(['canary: true', 'canary-weight: 20', 'canary: yes', 'canary: { on: a }'])(
  'the annotation %s is refused, as the API server does: it is not a string',
  (annotation) => {
    const config = read(ingress('carts', { annotations: [`${NGINX}/${annotation}`] }));
    expect(config.problems.map(({ rule, at }) => [rule, at.source.position(at.start).line])).toEqual([
      ['config-unparsable', 6],
    ]);
  },
);

describe('an Ingress', () => {
  test('asks exact paths first, then the longest prefix, whatever the order in the files', () => {
    const [entry] = read(
      ingress('all'),
      ingress('api', { path: '/api' }),
      ingress('v2', { path: '/api/v2' }),
      ingress('up', { path: '/up', pathType: 'Exact' }),
    ).entries;
    expect(entry?.matches.map(({ when }) => when?.text)).toEqual([
      'path = /up',
      'path begins with /api/v2',
      'path begins with /api',
      undefined,
    ]);
    expect([entry?.hosts, entry?.listens.map(({ address }) => address)]).toEqual([['carts.example'], ['*:80']]);
  });

  test('loses requests for which no path is written', () => {
    const config = read(ingress('api', { path: '/api' }));
    const [entry] = config.entries;
    const flows = entry && entryFlow(entry, [config]).classes.map(({ when, flow }) => [when, flow.lost]);
    expect(flows).toEqual([
      ['path begins with /api', 0],
      [undefined, 1],
    ]);
  });

  test('in the form of v1beta1 leads to the same Service', () => {
    const old = ingress('carts').replace(/backend: .*/, 'backend: { serviceName: carts, servicePort: 80 }');
    const [entry] = read(old.replace('networking.k8s.io/v1', 'extensions/v1beta1')).entries;
    expect(entry?.matches.map(({ to }) => (to.kind === 'pool' ? to.name : to.kind))).toEqual(['carts']);
  });

  test('with a cookie has a pool of its own, since the controller sends to the pods itself', () => {
    const annotations = ['affinity: cookie', 'session-cookie-name: cart', 'session-cookie-max-age: "60"'];
    const { pools } = read(ingress('carts', { annotations: annotations.map((one) => `${NGINX}/${one}`) }));
    const [pool] = pools;
    expect([pool?.name, pool?.stickiness?.type, pool?.stickiness?.name?.value]).toEqual([
      'carts through Ingress carts',
      'cookie',
      'cart',
    ]);
    expect(pool?.stickiness?.ttlMs?.value).toBe(60_000);
  });

  test.each([
    ['upstream-hash-by: "$request_uri"', 'hash', 'uri'],
    ['upstream-hash-by: "$binary_remote_addr"', 'hash', 'source'],
    ['upstream-hash-by: "$arg_id"', 'hash', 'query'],
    ['load-balance: ewma', 'least-time', undefined],
    ['load-balance: round_robin', 'round-robin', undefined],
  ])('with %s picks pods by %s', (setting, kind, of) => {
    const [pool] = read(ingress('carts', { annotations: [`${NGINX}/${setting}`] })).pools;
    const algorithm = pool?.algorithm.value;
    expect([algorithm?.kind, algorithm?.kind === 'hash' ? algorithm.key.of : undefined]).toEqual([kind, of]);
    expect(pool === undefined ? undefined : predict(pool).predictability).toBe('unknown');
  });
});

describe('an action of the AWS Load Balancer Controller', () => {
  const action = (json: string): Config =>
    read(
      ingress('carts', {
        className: 'alb',
        service: 'split',
        annotations: [`alb.ingress.kubernetes.io/actions.split: ${json}`],
      }),
    );
  const groups =
    '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"old","servicePort":80,"weight":30},{"serviceName":"new","servicePort":80,"weight":10}],"targetGroupStickinessConfig":{"enabled":true,"durationSeconds":600}}}';

  test.each([
    ['on one line', `'${groups}'`],
    ['folded', `>\n      ${groups.replaceAll(',"', ',\n      "')}`],
    ['as a block', `|\n      ${groups.replaceAll(',"', ',\n      "')}`],
    ['with escapes', JSON.stringify(groups)],
    ['with an anchor', `&split '${groups}'`],
  ])('%s splits by weight, and each weight is where it is written', (_, json) => {
    const config = action(json);
    const route = routeOf(config);
    expect(partsOf(config)).toEqual([0.75, 0.25]);
    expect(route.to.map(({ weight }) => textOf(weight.at))).toEqual(['30', '10']);
    expect([route.stickiness?.type, route.stickiness?.ttlMs?.value]).toEqual(['cookie', 600_000]);
  });

  test('redirects and answers', () => {
    const target = (json: string): unknown => action(`'${json}'`).entries[0]?.matches[0]?.to;
    expect(target('{"type":"fixed-response","fixedResponseConfig":{"statusCode":"503"}}')).toEqual({
      kind: 'answer',
      status: 503,
    });
    expect(
      target('{"Type":"redirect","RedirectConfig":{"Protocol":"HTTPS","Port":"443","StatusCode":"HTTP_301"}}'),
    ).toEqual({
      kind: 'redirect',
      location: 'https://#{host}:443/#{path}',
    });
  });

  test('that is not JSON, or has a weight out of range, is a fault of the file', () => {
    const faults = (json: string): string[] =>
      action(`'${json}'`).problems.map(({ rule, what }) => `${rule}: ${plain(what)}`);
    expect(faults('{"type":')).toEqual(['config-unparsable: The action split is not valid JSON.']);
    expect(faults(groups.replace('30', '1000'))).toEqual(['invalid-weight: Invalid weight 1000.']);
  });
});
