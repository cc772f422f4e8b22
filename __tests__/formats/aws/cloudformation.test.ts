import { compare } from '../../../src/compare/compare.ts';
import { reader } from '../../../src/formats/aws/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { lineOf } from '../../../src/model/span.ts';
import { plain } from '../../../src/text/say.ts';
import { parts, poolOf, read as readFiles, says, shares, written } from './reading.ts';

const read = (text: string, path = 'stack.yaml'): Config => readFiles({ [path]: text });

const STACK = `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Part: { Type: Number, Default: 20 }
  Kind: { Type: String }
Mappings:
  Ports: { web: { listen: 8443 } }
Conditions:
  Small: !Equals [!Ref Part, 20]
  Large: !Not [!Condition Small]
Resources:
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Type: !If [Small, network, application]
      LoadBalancerAttributes:
        - { Key: load_balancing.cross_zone.enabled, Value: "true" }
  Old:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      Port: 81
      Protocol: TCP
      HealthCheckProtocol: HTTP
      HealthCheckPath: !Sub "/up-\${Part}"
      HealthCheckIntervalSeconds: 15
      Matcher: { HttpCode: 200-204 }
      TargetGroupAttributes:
        - Key: stickiness.enabled
          Value: "true"
        - Key: stickiness.type
          Value: source_ip
        - Key: deregistration_delay.timeout_seconds
          Value: "45"
      Targets:
        - { Id: 10.0.0.1 }
        - Id: !Ref Machine
          Port: 82
  Fresh:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { Port: 81, Protocol: TCP }
  Gone:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Condition: Large
    Properties: { Port: 81, Protocol: TCP }
  Machine:
    Type: AWS::EC2::Instance
    Properties: { AvailabilityZone: !Select [0, !GetAZs ""] }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: !FindInMap [Ports, web, listen]
      Protocol: TLS
      DefaultActions:
        - Type: forward
          ForwardConfig:
            TargetGroups:
              - { TargetGroupArn: !Ref Old, Weight: 80 }
              - { TargetGroupArn: !Ref Fresh, Weight: !Ref Part }
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 90 }
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 3
      Conditions:
        - { Field: path-pattern, Values: [/old/*] }
        - Field: http-header
          HttpHeaderConfig: { HttpHeaderName: X-Side, Values: [a] }
        - Field: query-string
          QueryStringConfig: { Values: [{ Key: v, Value: "2" }] }
      Actions:
        - Type: fixed-response
          FixedResponseConfig: { StatusCode: "410" }
`;

test('a template gives target groups, targets, listeners and rules', () => {
  const config = read(STACK);
  expect(says(config)).toEqual([]);
  expect(config.pools.map(({ name }) => name)).toEqual(['Old', 'Fresh']);
  expect(shares(config, 'Old')).toEqual({ '10.0.0.1': 0.5, Machine: 0.5 });
  const old = poolOf(config, 'Old');
  expect(old.servers.map(({ address, port, at }) => [address, port?.value, lineOf(at)])).toEqual([
    ['10.0.0.1', 81, 34],
    ['Machine', 82, 35],
  ]);
  const check = old.activeCheck;
  expect([
    check?.type,
    check?.path?.value,
    check?.intervalMs?.value,
    check?.statuses,
    check?.rise?.value,
    check?.fall?.value,
  ]).toEqual(['http', '/up-20', 15_000, [[200, 204]], 5, 2]);
  expect(poolOf(config, 'Fresh').activeCheck?.type).toBe('tcp');
  expect([old.stickiness?.type, old.options.get('deregistration_delay')?.value]).toEqual(['source-ip', '45']);
  expect([old.zones.value, written(old.zones.at)]).toEqual(['pooled', '"true"']);
  expect(parts(config, 'listener Listener')).toEqual({ Old: 0.8, Fresh: 0.2 });
  expect(config.routes[0]?.stickiness?.ttlMs?.value).toBe(90_000);
  const [entry] = config.entries;
  expect([entry?.listens[0]?.address, entry?.listens[0]?.tls]).toEqual(['Balancer:8443', true]);
  expect(entry?.matches.map(({ when, to }) => [when?.text, to.kind])).toEqual([
    ['path /old/* and header X-Side a and query v=2', 'answer'],
    [undefined, 'route'],
  ]);
});

test('the same in JSON, as the CDK writes it', () => {
  const config = read(
    JSON.stringify({
      Resources: {
        Lb8A12: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Type: 'application' } },
        Group1F: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: { Port: 80, Protocol: 'HTTP' } },
        Listener9: {
          Type: 'AWS::ElasticLoadBalancingV2::Listener',
          Properties: {
            LoadBalancerArn: { Ref: 'Lb8A12' },
            Port: 80,
            DefaultActions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group1F' } }],
          },
        },
      },
    }),
    'cdk.out/Web.template.json',
  );
  expect([config.status, says(config)]).toEqual(['read', []]);
  expect(config.entries.map(({ listens, matches }) => [listens[0]?.address, matches.map(({ to }) => to.kind)])).toEqual(
    [['Lb8A12:80', ['pool']]],
  );
});

test('what is known only once the stack is made is unknown', () => {
  const config = read(STACK.replace('Weight: !Ref Part', 'Weight: !ImportValue weight'));
  expect(parts(config, 'listener Listener')).toEqual({ Old: [0, 1], Fresh: [0, 1] });
  expect(config.unknowns.map(({ at, reason }) => [lineOf(at), plain(reason)])).toEqual([
    [58, 'the value is known only once the stack is made'],
  ]);
});

test('a name that nothing declares is refused, unless a transform may add it', () => {
  const broken = STACK.replace('!Ref Fresh', '!Ref Frsh');
  expect(says(read(broken))).toEqual(['58: Frsh is neither a resource nor a parameter.']);
  expect(says(read(`Transform: AWS::Serverless-2016-10-31\n${broken}`))).toEqual([]);
});

test('functions and conditions that lead to themselves end', () => {
  const config = read(STACK.replace('!Not [!Condition Small]', '!Not [!Condition Large]'));
  expect(config.pools.map(({ name }) => name)).toContain('Gone');
});

test.each([
  ['stack.yaml', STACK, 0.95],
  ['cdk.out/a.template.json', '{ "Resources": { "a": { "Type": "AWS::ElasticLoadBalancingV2::Listener" } } }', 0.95],
  ['other.yaml', 'AWSTemplateFormatVersion: "2010-09-09"\nResources: {}\n', 0.5],
  ['readme.md', STACK, 0],
  ['app.yaml', 'kind: Service\n', 0],
])('%s is recognised by its content', (path, text, sure) => {
  expect(reader.recognise(path, text)).toBe(sure);
});

test.each([
  ['a weight', 'Weight: 80', 'Weight: 70', 0],
  ['a parameter', 'Default: 20', 'Default: 30', 0],
  ['a path', '/up-', '/ok-', 0],
  ['an attribute', '"45"', '"46"', 0],
  ['a port', 'listen: 8443', 'listen: 9443', 0],
  ['a target', '10.0.0.1', '10.0.0.9', 0],
  ['a condition', '/old/*', '/new/*', 0],
  ['a resource that is not read', 'Resources:\n', 'Resources:\n  G: { Type: AWS::EC2::SecurityGroup }\n', 1],
])('%s that changes is explained, or listed as not judged', (_, from, to, unjudged) => {
  const change = compare([read(STACK)], [read(STACK.replace(from, to))]);
  expect(change.statements.unjudged.map(({ statement }) => statement.text)).toHaveLength(unjudged);
  expect(change.statements.explained + unjudged).toBeGreaterThan(0);
});
