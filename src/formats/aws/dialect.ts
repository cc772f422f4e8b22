import type { Dialect } from '../../model/dialect.ts';
import type { Pool } from '../../model/pool.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';

/** How Terraform and CloudFormation write the same things. */
interface Words {
  readonly title: string;
  weight(n: number): string;
  pool(name: string): string;
  fails(n: number): string;
  readonly interval: string;
  readonly slowStart: string;
  readonly roundRobin: string;
  readonly leastConnections: string;
  readonly check: string;
  readonly httpCheck: string;
  readonly tlsCheck: string;
  readonly fasterCheck: string;
  readonly patientCheck: string;
  readonly stickiness: string;
  readonly tls: string;
  readonly missing: Text;
  /** Switches cross-zone load balancing on. */
  readonly crossZone: string;
  test(file: string): string | undefined;
  reload(file: string): string | undefined;
}

const TERRAFORM: Words = {
  title: 'AWS load balancers',
  weight: (n) => `weight = ${n}`,
  pool: (name) => `aws_lb_target_group.${name}`,
  fails: (n) => `unhealthy_threshold = ${n}`,
  interval: 'interval',
  slowStart: 'slow_start',
  roundRobin: 'load_balancing_algorithm_type = "round_robin"',
  leastConnections: 'load_balancing_algorithm_type = "least_outstanding_requests"',
  check: 'health_check { path = "/healthz" }',
  httpCheck: 'protocol = "HTTP"',
  tlsCheck: 'protocol = "HTTPS"',
  fasterCheck: 'interval = 10',
  patientCheck: 'unhealthy_threshold = 3',
  stickiness: 'stickiness { type = "lb_cookie" }',
  tls: 'protocol = "HTTPS"',
  crossZone: 'enable_cross_zone_load_balancing = true',
  missing: say`Terraform refuses the whole folder, so nothing of it is changed.`,
  test: () => 'terraform validate',
  reload: () => 'terraform apply',
};

const CLOUDFORMATION: Words = {
  title: 'AWS CloudFormation',
  weight: (n) => `Weight: ${n}`,
  pool: (name) => name,
  fails: (n) => `UnhealthyThresholdCount: ${n}`,
  interval: 'HealthCheckIntervalSeconds',
  slowStart: 'slow_start.duration_seconds',
  roundRobin: 'load_balancing.algorithm.type with the value round_robin',
  leastConnections: 'load_balancing.algorithm.type with the value least_outstanding_requests',
  check: 'HealthCheckPath: /healthz',
  httpCheck: 'HealthCheckProtocol: HTTP',
  tlsCheck: 'HealthCheckProtocol: HTTPS',
  fasterCheck: 'HealthCheckIntervalSeconds: 10',
  patientCheck: 'UnhealthyThresholdCount: 3',
  stickiness: '{ Key: stickiness.enabled, Value: true }',
  tls: 'Protocol: HTTPS',
  crossZone: '{ Key: load_balancing.cross_zone.enabled, Value: true }',
  missing: say`CloudFormation refuses the template, so nothing of it is changed.`,
  test: (file) => `aws cloudformation validate-template --template-body file://${file}`,
  reload: (file) => `aws cloudformation deploy --template-file ${file} --stack-name STACK`,
};

/** How AWS's load balancers are written in Terraform. */
export const dialect: Dialect = made(TERRAFORM);

/** The same in CloudFormation. */
export const cloudFormation: Dialect = made(CLOUDFORMATION);

/** How to send to targets of all zones. */
export function crossZoneOn({ dialect: { title }, zones }: Pool): Text {
  const { crossZone } = title === CLOUDFORMATION.title ? CLOUDFORMATION : TERRAFORM;
  return zones.written
    ? say`Set ${'true'} here, or register as many targets in each zone.`
    : say`Add ${crossZone} to the load balancer, or register as many targets in each zone.`;
}

function made(own: Words): Dialect {
  const addCheck = say`Add ${own.check} to the target group.`;
  return {
    format: 'aws',
    title: own.title,
    weights: { min: 0, max: 999 },
    terms: {
      weight: (n) => own.weight(n),
      pool: (name) => own.pool(name),
      // Attachments have no state: one that is out is not made.
      state: () => 'count = 0',
      stickyValue: () => undefined,
      checkFails: (n) => own.fails(n),
      // There is none.
      maxConnections: 'max_connections',
      slowStart: own.slowStart,
      checkInterval: own.interval,
      maxFails: undefined,
      ejectTime: undefined,
      neverEjected: undefined,
      roundRobin: own.roundRobin,
      leastConnections: own.leastConnections,
      consistentHash: undefined,
      allServers: undefined,
    },
    advice: {
      addCheck,
      addHttpCheck: say`Set ${own.httpCheck} and a path in the health check.`,
      addServerCheck: addCheck,
      checkTls: say`Set ${own.tlsCheck} in the health check.`,
      checkFaster: say`Set ${own.fasterCheck} in the health check.`,
      checkPatiently: say`Set ${own.patientCheck} in the health check.`,
      ejectBriefly: undefined,
      ejectAgain: undefined,
      spread: say`Set ${own.roundRobin}.`,
      useConsistentHash: () => undefined,
      hashMore: 'load_balancing_algorithm_type',
      seeClients: say`Remove the stickiness by client address, or let clients connect without a proxy in front.`,
      resolveAgain: undefined,
      speakTls: say`Set ${own.tls} in the target group, or the plain port.`,
      connectSoon: say`Set a shorter connect timeout in the clients.`,
      // Nothing that a load balancer adds to a response names the target.
      nameServers: undefined,
      failOver: undefined,
      retryLess: undefined,
      stick: say`Add ${own.stickiness} to the target group.`,
    },
    identity: undefined,
    test: (file) => own.test(file),
    reload: (file) => own.reload(file),
    serversOut: say`${'aws elbv2 describe-target-health'} lists the state of every target.`,
    unrouted: say`The listener answers each of them with an error.`,
    whenFull: say`A target has no connection limit.`,
    missingPool: own.missing,
    fewValues: () => undefined,
    resolvesUnknownPools: false,
    poolsNeedReferences: true,
    isDocument: false,
    clientsBehind: () => undefined,
    namesServer: () => false,
    defaultConnectMs: 10_000,
    checksAreUsual: true,
    timeoutsAtReferences: false,
    limits: new Set(),
    targetOptions: new Set(),
    ownOptions: new Set(),
    isOfCheck: (option) => option.startsWith('health_check.'),
  };
}
