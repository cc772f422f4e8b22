import { reader } from '../../../src/formats/aws/reader.ts';
import { lineOf } from '../../../src/model/span.ts';
import { parts, poolOf, read, says, shares, written } from './reading.ts';

interface Planned {
  readonly type: string;
  readonly name: string;
  readonly index?: number | string;
  readonly values: Readonly<Record<string, unknown>>;
}

const addressOf = ({ type, name, index }: Planned): string =>
  `${type}.${name}${index === undefined ? '' : `[${JSON.stringify(index)}]`}`;
const to = (...references: readonly string[]): unknown => ({
  references: references.flatMap((one) => [`${one}.arn`, one]),
});

const RESOURCES: readonly Planned[] = [
  { type: 'aws_lb', name: 'web', values: { load_balancer_type: 'network', enable_cross_zone_load_balancing: null } },
  {
    type: 'aws_lb_target_group',
    name: 'old',
    values: {
      arn: 'arn:aws:tg/old',
      port: 81,
      protocol: 'TCP',
      stickiness: [],
      health_check: [{ path: '', interval: 20, protocol: 'TCP' }],
    },
  },
  { type: 'aws_lb_target_group', name: 'fresh', values: { port: 81, protocol: 'TCP' } },
  {
    type: 'aws_lb_listener',
    name: 'web',
    values: {
      port: 443,
      protocol: 'TLS',
      default_action: [
        {
          type: 'forward',
          target_group_arn: null,
          forward: [{ stickiness: [], target_group: [{ arn: 'arn:aws:tg/old', weight: 30 }, { weight: 90 }] }],
        },
      ],
    },
  },
  ...[0, 1, 2].map((index) => ({
    type: 'aws_instance',
    name: 'a',
    index,
    values: { availability_zone: index === 0 ? 'us-east-2a' : 'us-east-2b' },
  })),
  ...[0, 1, 2].map((index) => ({
    type: 'aws_lb_target_group_attachment',
    name: 'a',
    index,
    values: { port: 90 + index },
  })),
  { type: 'aws_s3_bucket', name: 'logs', values: {} },
];

const EXPRESSIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'aws_lb_listener.web': {
    load_balancer_arn: to('aws_lb.web'),
    default_action: [
      {
        forward: [
          {
            target_group: [
              { arn: to('aws_lb_target_group.old') },
              { arn: to('aws_lb_target_group.fresh'), weight: { references: ['var.part'] } },
            ],
          },
        ],
      },
    ],
  },
  'aws_lb_target_group_attachment.a': {
    target_group_arn: to('aws_lb_target_group.old'),
    target_id: { references: ['aws_instance.a', 'count.index'] },
  },
};

const PLAN = JSON.stringify(
  {
    format_version: '1.2',
    terraform_version: '1.9.0',
    planned_values: {
      root_module: { resources: RESOURCES.map((one) => ({ address: addressOf(one), mode: 'managed', ...one })) },
    },
    configuration: {
      root_module: {
        resources: [...new Set(RESOURCES.map(({ type, name }) => `${type}.${name}`))].map((address) => ({
          address,
          expressions: EXPRESSIONS[address] ?? {},
        })),
      },
    },
  },
  null,
  1,
);

const SOURCE = `resource "aws_lb" "web" {
  load_balancer_type = var.kind
}
resource "aws_lb_target_group" "old" {
  port     = var.port
  protocol = "TCP"
  health_check {
    interval = var.interval
    protocol = "TCP"
  }
}
resource "aws_lb_target_group" "fresh" {
  port     = 81
  protocol = "TCP"
}
resource "aws_lb_target_group_attachment" "a" {
  count            = var.n
  target_group_arn = aws_lb_target_group.old.arn
  target_id        = aws_instance.a[count.index].id
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.old.arn
        weight = 100 - var.part
      }
      target_group {
        arn    = aws_lb_target_group.fresh.arn
        weight = var.part
      }
    }
  }
}
`;

test('a plan says what variables and counts leave open', () => {
  const config = read({ 'plan.json': PLAN });
  expect([config.status, says(config)]).toEqual(['read', []]);
  expect(parts(config, 'listener web')).toEqual({ old: 0.25, fresh: 0.75 });
  expect(poolOf(config, 'old').zones.value).toBe('separate');
  expect(shares(config, 'old')).toEqual({ 'a[0]': 0.5, 'a[1]': 0.25, 'a[2]': 0.25 });
  expect(poolOf(config, 'old').servers.map(({ address, port }) => [address, port?.value])).toEqual([
    ['aws_instance.a[0]', 90],
    ['aws_instance.a[1]', 91],
    ['aws_instance.a[2]', 92],
  ]);
  const [, fresh] = config.routes[0]?.to ?? [];
  expect(fresh && written(fresh.weight.at)).toBe('90');
});

test('values are at their lines where the sources are beside the plan', () => {
  const config = read({ 'infra/plan.json': PLAN, 'infra/main.tf': SOURCE, 'infra/terraform.tfvars': 'n = 3\n' });
  expect(says(config)).toEqual([]);
  expect(config.files).toEqual(['infra/plan.json', 'infra/main.tf', 'infra/terraform.tfvars']);
  const [, fresh] = config.routes[0]?.to ?? [];
  expect(fresh && [fresh.weight.value, written(fresh.weight.at), lineOf(fresh.weight.at)]).toEqual([
    90,
    'var.part',
    33,
  ]);
  const old = poolOf(config, 'old');
  expect(old.activeCheck?.intervalMs && written(old.activeCheck.intervalMs.at)).toBe('var.interval');
  expect(old.servers.map(({ at }) => lineOf(at))).toEqual([16, 16, 16]);
  expect(written(old.zones.at)).toBe('var.kind');
  expect(config.statements?.some(({ text }) => text === 'weight = var.part')).toBe(true);
});

test('modules of a plan are found in the sources', () => {
  const inner = RESOURCES.filter(({ type }) => type === 'aws_lb_target_group').map((one) => ({
    ...one,
    mode: 'managed',
    address: `module.web[0].${addressOf(one)}`,
  }));
  const plan = JSON.stringify({
    terraform_version: '1.9.0',
    planned_values: { root_module: { child_modules: [{ address: 'module.web[0]', resources: inner }] } },
  });
  const config = read({
    'plan.json': plan,
    'main.tf': 'module "web" {\n  source = "./m"\n  count = var.n\n}\n',
    'm/main.tf': SOURCE,
  });
  expect(config.pools.map(({ name, at }) => [name, at.source.path, lineOf(at)])).toEqual([
    ['module.web[0].old', 'm/main.tf', 4],
    ['module.web[0].fresh', 'm/main.tf', 12],
  ]);
});

test('a plan is recognised, and other JSON is not', () => {
  expect(reader.recognise('plan.json', PLAN)).toBe(0.97);
  expect(reader.recognise('package.json', '{"name": "a"}')).toBe(0);
  expect(reader.recognise('terraform.tfstate.json', '{"terraform_version": "1.9.0", "resources": []}')).toBe(0);
});

test('a plan that is cut off is refused', () => {
  const config = read({ 'plan.json': PLAN.slice(0, -100) });
  expect(config.status).toBe('refused');
  expect(config.problems.map(({ rule }) => rule)).toEqual(['config-unparsable']);
});
