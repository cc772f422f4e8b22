import { entryFlow } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { nameOfKey } from '../../../src/model/keys.ts';
import { lineOf } from '../../../src/model/span.ts';
import { plain } from '../../../src/text/say.ts';
import { parts, poolOf, read, says, shares, written } from './reading.ts';

const WEB = `resource "aws_lb" "web" {
  load_balancer_type = "application"
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.web.arn
  port              = "443"
  protocol          = "HTTPS"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_lb_target_group" "app" {
  port     = 8080
  protocol = "HTTP"
}
`;

const attach = (name: string, target: string, more = ''): string =>
  `resource "aws_lb_target_group_attachment" "${name}" {
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = ${target}
  ${more}
}
`;

const split = (...groups: readonly string[]): string => `
resource "aws_lb" "web" {}
resource "aws_lb_target_group" "old" { protocol = "HTTP" }
resource "aws_lb_target_group" "new" { protocol = "HTTP" }
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  default_action {
    type = "forward"
    forward {
      ${groups.join('\n      ')}
    }
  }
}
`;
const group = (name: string, weight?: string): string =>
  `target_group {\n        arn = aws_lb_target_group.${name}.arn\n        ${weight === undefined ? '' : `weight = ${weight}`}\n      }`;

describe('targets', () => {
  test('that something else registers are the normal case: a pool without servers', () => {
    const config = read(WEB);
    expect([config.status, says(config)]).toEqual(['read', []]);
    const app = poolOf(config, 'app');
    expect([app.servers.length, app.dynamic, app.algorithm.value?.native]).toEqual([0, true, 'round_robin']);
    expect([app.activeCheck?.type, app.activeCheck?.path?.value, app.activeCheck?.fall?.value]).toEqual([
      'http',
      '/',
      2,
    ]);
  });

  test('are instances and addresses, with their port and place', () => {
    const config = read(
      `${WEB}resource "aws_instance" "a" {}\n${attach('one', 'aws_instance.a.id')}${attach('two', '"10.0.0.9"', 'port = 81')}`,
    );
    const { servers } = poolOf(config, 'app');
    expect(servers.map(({ name, address, port }) => [name, address, port?.value])).toEqual([
      ['a', 'aws_instance.a', 8080],
      ['10.0.0.9', '10.0.0.9', 81],
    ]);
    expect(servers.map(({ at }) => written(at))).toEqual([
      'resource "aws_lb_target_group_attachment" "one" {',
      'resource "aws_lb_target_group_attachment" "two" {',
    ]);
    expect(shares(config, 'app')).toEqual({ a: 0.5, '10.0.0.9': 0.5 });
  });

  test('are one target if they are registered twice, and two on two ports', () => {
    expect(shares(read(WEB + attach('a', '"10.0.0.1"') + attach('b', '"10.0.0.1"')), 'app')).toEqual({ '10.0.0.1': 1 });
    expect(
      shares(read(WEB + attach('a', '"10.0.0.1"', 'port = 1') + attach('b', '"10.0.0.1"', 'port = 2')), 'app'),
    ).toEqual({ '10.0.0.1:1': 0.5, '10.0.0.1:2': 0.5 });
  });

  test.each([
    ['count', 'count = 3', 'aws_instance.a[count.index].id', { 'a[0]': 0.3333, 'a[1]': 0.3333, 'a[2]': 0.3333 }],
    [
      'for_each of texts',
      'for_each = toset(["10.0.0.1", "10.0.0.2"])',
      'each.value',
      { '10.0.0.1': 0.5, '10.0.0.2': 0.5 },
    ],
    ['for_each of a map', 'for_each = { x = "10.0.0.1" }', 'each.value', { '10.0.0.1': 1 }],
    [
      'for_each of a loop',
      'for_each = { for i, ip in ["10.0.0.1", "10.0.0.2"] : tostring(i) => ip if i > 0 }',
      'each.value',
      { '10.0.0.2': 1 },
    ],
    ['for_each of resources', 'for_each = aws_instance.b', 'each.value.id', { 'b["x"]': 0.5, 'b["y"]': 0.5 }],
    ['count of a list', 'count = length(local.ips)', 'local.ips[count.index]', { '10.0.0.3': 1 }],
    ['count of a condition', 'count = var.more ? 2 : 1', '"10.0.0.${count.index}"', { '10.0.0.0': 1 }],
  ])('are repeated by %s', (_, repeat, target, expected) => {
    const config = read(
      `${WEB}locals { ips = ["10.0.0.3"] }
variable "more" { default = false }
resource "aws_instance" "a" { count = 3 }
resource "aws_instance" "b" { for_each = toset(["x", "y"]) }
${attach('each', target, repeat)}`,
    );
    expect(says(config)).toEqual([]);
    expect(shares(config, 'app')).toEqual(expected);
  });

  test('are bounds when nobody knows how many there are', () => {
    const config = read(
      `${WEB}variable "ips" { type = list(string) }\n${attach('a', '"10.0.0.1"')}${attach('more', 'each.value', 'for_each = toset(var.ips)')}`,
    );
    expect(shares(config, 'app')).toEqual({ '10.0.0.1': [0, 1], more: [0, 1] });
    expect(predict(poolOf(config, 'app')).predictability).toBe('unknown');
  });

  test('listed beside a group that registers its own are not all of them', () => {
    const config = read(
      `${WEB}${attach('a', '"10.0.0.1"')}resource "aws_autoscaling_group" "workers" {\n  target_group_arns = [aws_lb_target_group.app.arn]\n}\n`,
    );
    expect(poolOf(config, 'app').dynamic).toBe(true);
    expect(shares(config, 'app')).toEqual({ '10.0.0.1': [0, 1] });
  });
});

describe('weights', () => {
  test.each([
    ['literals', '3', '1', 0.75],
    ['texts', '"30"', '"90"', 0.25],
    ['a variable with a default', 'var.w', '60', 0.4],
    ['locals of locals', 'local.b', '10', 0.5],
    ['arithmetic', '100 - local.a', '10', 0.9],
    ['a value of a map', 'var.split["old"]', 'var.split.new', 0.2],
    ['a lookup with a default', 'lookup(var.split, "none", 1)', '1', 0.5],
    ['nothing written', '', '3', 0.25],
  ])('from %s', (_, old, fresh, expected) => {
    const config = read(
      `variable "w" { default = 40 }
variable "split" { default = { old = 1, new = 4 } }
locals {
  a = 10
  b = local.a
}
${split(group('old', old === '' ? undefined : old), group('new', fresh))}`,
    );
    expect(says(config)).toEqual([]);
    expect(parts(config, 'listener web')).toEqual({ old: expected, new: expect.closeTo(1 - expected, 9) });
  });

  const variable = `variable "w" {\n  type = number\n}\n${split(group('old', 'var.w'), group('new', '10'))}`;

  test('from files of values, the later one before the earlier', () => {
    const files = {
      'main.tf': variable,
      'terraform.tfvars': 'w = 30\n',
      'b.auto.tfvars': 'w = 90\n',
      'a.auto.tfvars.json': '{"w": 40}',
    };
    expect(parts(read(files), 'listener web')).toEqual({ old: 0.9, new: 0.1 });
    expect(read(files).files).toEqual(['main.tf', 'terraform.tfvars', 'a.auto.tfvars.json', 'b.auto.tfvars']);
  });

  test('without a value are bounds, with the reason', () => {
    const config = read(variable);
    expect(parts(config, 'listener web')).toEqual({ old: [0, 1], new: [0, 1] });
    expect(config.status).toBe('partial');
    expect(config.unknowns.map(({ reason }) => plain(reason))).toEqual(['var.w has no default, and no file sets it']);
  });

  test('that another command would load are unknown', () => {
    const config = read({
      'main.tf': `variable "w" { default = 1 }\n${split(group('old', 'var.w'), group('new', '1'))}`,
      'prod.tfvars': 'w = 5\n',
    });
    expect(config.unknowns.map(({ reason }) => plain(reason))).toEqual([
      'var.w is set in prod.tfvars, which is loaded only when a command names it',
    ]);
  });

  test('outside of 0 to 999 are refused', () => {
    const config = read(split(group('old', '1000'), group('new', '1.5')));
    expect(config.problems.map(({ rule, at }) => [rule, written(at)])).toEqual([
      ['invalid-weight', '1000'],
      ['invalid-weight', '1.5'],
    ]);
  });

  test('that a deployment moves at run time are not judged', () => {
    const config = read(
      split(group('old', '1'), group('new', '0')).replace(
        'port              = 80',
        'port = 80\n  lifecycle { ignore_changes = [default_action] }',
      ),
    );
    expect(config.routes).toEqual([]);
    const [entry] = config.entries;
    expect(entry?.matches.map(({ to }) => (to.kind === 'unknown' ? to.among?.map(nameOfKey) : to.kind))).toEqual([
      ['old', 'new'],
    ]);
  });

  test('of dynamic blocks', () => {
    const config = read(
      `variable "groups" { default = { old = 1, new = 3 } }
${split('dynamic "target_group" {\n for_each = var.groups\n content {\n arn = target_group.key == "old" ? aws_lb_target_group.old.arn : aws_lb_target_group.new.arn\n weight = target_group.value\n }\n}')}`,
    );
    expect(parts(config, 'listener web')).toEqual({ new: 0.75, old: 0.25 });
  });

  test('of dynamic blocks that nobody knows', () => {
    const config = read(
      `variable "groups" {}\n${split(group('old'), 'dynamic "target_group" {\n for_each = var.groups\n content {}\n}')}`,
    );
    expect(parts(config, 'listener web')).toEqual({ old: [0, 1], unknown: [0, 1] });
  });
});

describe('zones', () => {
  const pool = (balancer: string, protocol: string, own = ''): string => `
resource "aws_lb" "x" {
  ${balancer}
}
resource "aws_lb_listener" "x" {
  load_balancer_arn = aws_lb.x.arn
  port = 80
  default_action {
    type = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}
resource "aws_lb_target_group" "app" {
  protocol = "${protocol}"
  ${own}
}
data "aws_availability_zones" "all" {}
resource "aws_subnet" "b" { availability_zone = data.aws_availability_zones.all.names[1] }
resource "aws_instance" "a" { availability_zone = data.aws_availability_zones.all.names[0] }
resource "aws_instance" "b" {
  count     = 2
  subnet_id = aws_subnet.b.id
}
${attach('a', 'aws_instance.a.id')}${attach('b', 'aws_instance.b[count.index].id', 'count = 2')}`;
  const even = { a: 0.3333, 'b[0]': 0.3333, 'b[1]': 0.3333 };
  const zonal = { a: 0.5, 'b[0]': 0.25, 'b[1]': 0.25 };

  test.each([
    ['application balancers send across zones', 'load_balancer_type = "application"', 'HTTP', '', even],
    ['so does a balancer without a type', '', 'HTTP', '', even],
    ['network balancers do not', 'load_balancer_type = "network"', 'TCP', '', zonal],
    [
      'unless they are told to',
      'load_balancer_type = "network"\n  enable_cross_zone_load_balancing = true',
      'TCP',
      '',
      even,
    ],
    [
      'a target group decides for itself',
      'load_balancer_type = "network"',
      'TCP',
      'load_balancing_cross_zone_enabled = "true"',
      even,
    ],
    ['also to switch it off', '', 'HTTP', 'load_balancing_cross_zone_enabled = false', zonal],
    [
      'or leaves it to the balancer',
      'load_balancer_type = "network"',
      'TCP',
      'load_balancing_cross_zone_enabled = "use_load_balancer_configuration"',
      zonal,
    ],
  ])('%s', (_, balancer, protocol, own, expected) => {
    expect(shares(read(pool(balancer, protocol, own)), 'app')).toEqual(expected);
  });

  test('that are unknown leave shares unknown where zones count', () => {
    const text = pool('load_balancer_type = "network"', 'TCP').replace(
      /availability_zone = data\S+/,
      'subnet_id = "s-1"',
    );
    expect(shares(read(text), 'app')).toEqual({ a: [0, 1], 'b[0]': [0, 1], 'b[1]': [0, 1] });
  });
});

test('target groups of other stacks are pools of which only the name is known', () => {
  const config = read(
    split(group('old', '1'), group('new', '3'))
      .replace(/resource "aws_lb_target_group" "(\w+)" \{[^}]*\}/g, 'data "aws_lb_target_group" "$1" { name = "$1" }')
      .replaceAll('arn = aws_lb', 'arn = data.aws_lb'),
  );
  expect([config.status, says(config)]).toEqual(['read', []]);
  expect(parts(config, 'listener web')).toEqual({ old: 0.25, new: 0.75 });
  expect(config.pools.map(({ dynamic, servers, activeCheck }) => [dynamic, servers.length, activeCheck])).toEqual([
    [true, 0, undefined],
    [true, 0, undefined],
  ]);
});

test('zones of one list are told apart by their places', () => {
  const config = read(`data "aws_availability_zones" "all" {}
locals {
  zones = slice(data.aws_availability_zones.all.names, 0, 2)
}
resource "aws_lb_target_group" "app" {
  protocol = "TCP"
  load_balancing_cross_zone_enabled = "false"
}
resource "aws_instance" "a" {
  count             = 3
  availability_zone = local.zones[count.index % length(local.zones)]
}
${attach('a', 'aws_instance.a[count.index].id', 'count = 3')}`);
  expect(shares(config, 'app')).toEqual({ 'a[0]': 0.25, 'a[1]': 0.5, 'a[2]': 0.25 });
});

test('rules are asked by their priority, and the default action comes last', () => {
  const rule = (name: string, priority: string, condition: string, action: string): string =>
    `resource "aws_alb_listener_rule" "${name}" {\n  listener_arn = aws_lb_listener.https.arn\n  ${priority}\n  action {\n    ${action}\n  }\n  condition {\n    ${condition}\n  }\n}\n`;
  const config = read(
    WEB +
      rule(
        'late',
        'priority = 50',
        'path_pattern {\n values = ["/api/*"]\n }',
        'type = "redirect"\n redirect {\n port = "443"\n protocol = "HTTPS"\n status_code = "HTTP_301"\n }',
      ) +
      rule(
        'early',
        'priority = 5',
        'host_header {\n values = ["a.example", "b.example"]\n }',
        'type = "fixed-response"\n fixed_response {\n content_type = "text/plain"\n status_code = "503"\n }',
      ) +
      rule(
        'old',
        '',
        'field = "path-pattern"\n values = ["/x"]',
        'type = "forward"\n target_group_arn = aws_lb_target_group.app.arn',
      ),
  );
  expect(says(config)).toEqual([]);
  const [entry] = config.entries;
  expect(entry?.listens.map(({ address, tls, at }) => [address, tls, written(at)])).toEqual([
    ['web:443', true, '"443"'],
  ]);
  expect(entry?.matches.map(({ when, to }) => [when?.text, to.kind])).toEqual([
    ['host a.example or b.example', 'answer'],
    ['path /api/*', 'redirect'],
    ['path /x', 'pool'],
    [undefined, 'pool'],
  ]);
  expect(entry?.matches[1]?.when?.all).toEqual([{ subject: 'path', how: 'begins', values: ['/api/'] }]);
  const flow = entry && entryFlow(entry, [config]);
  expect(flow?.classes.map((one) => [one.when, one.flow.lost, one.flow.answered])).toEqual([
    ['host a.example or b.example', 1, 0],
    ['path /api/*', 0, 1],
    ['path /x', 0, 0],
    [undefined, 0, 0],
  ]);
});

test('rules of a listener elsewhere leave the rest open', () => {
  const config = read(`variable "listener" {}
resource "aws_lb_target_group" "app" { protocol = "HTTP" }
resource "aws_lb_listener_rule" "app" {
  listener_arn = var.listener
  action {
    type = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
  condition {
    path_pattern { values = ["/app"] }
  }
}
`);
  expect(config.entries.map(({ name, matches }) => [name, matches.map(({ to }) => to.kind)])).toEqual([
    ['listener var.listener', ['pool', 'unknown']],
  ]);
});

test('a health check has the defaults of the provider for what its block leaves out', () => {
  const config = read(
    WEB.replace(
      'protocol = "HTTP"\n',
      'protocol = "HTTP"\n  health_check {\n    path     = "/up"\n    interval = 10\n    timeout = 4\n    matcher = "200,300-302"\n    port = 9000\n    protocol = "HTTPS"\n  }\n',
    ),
  );
  const check = poolOf(config, 'app').activeCheck;
  expect([
    check?.type,
    check?.path?.value,
    check?.intervalMs?.value,
    check?.timeoutMs?.value,
    check?.port?.value,
  ]).toEqual(['https', '/up', 10_000, 4000, 9000]);
  expect([check?.rise?.value, check?.fall?.value, check?.statuses]).toEqual([
    3,
    3,
    [
      [200, 200],
      [300, 302],
    ],
  ]);
});

test('modules whose source is a path are read with the values that they are given', () => {
  const config = read({
    'main.tf': `module "web" {
  source = "./modules/web"
  weight = 3
  group  = aws_lb_target_group.outer.arn
}
resource "aws_lb_target_group" "outer" { protocol = "HTTP" }
output "arn" { value = module.web.arn }
`,
    'modules/web/main.tf': `variable "weight" { default = 1 }
variable "group" {}
${split(group('old', 'var.weight'), 'target_group { arn = var.group }').replace('resource "aws_lb_target_group" "new" { protocol = "HTTP" }\n', '')}
output "arn" { value = aws_lb_target_group.old.arn }
`,
  });
  expect(says(config)).toEqual([]);
  expect(config.pools.map(({ name }) => name)).toEqual(['outer', 'module.web.old']);
  expect(parts(config, 'listener module.web.web')).toEqual({ 'module.web.old': 0.75, outer: 0.25 });
  expect(config.files).toEqual(['main.tf', 'modules/web/main.tf']);
});

test('the type of a variable fills in what an object leaves out', () => {
  const config = read(`variable "groups" {
  type = map(object({
    weight   = optional(number, 4)
    sticky   = optional(object({ type = string }))
    protocol = optional(string)
  }))
  default = { a = {}, b = { weight = 12, sticky = { type = "lb_cookie" } } }
}
resource "aws_lb" "web" {}
resource "aws_lb_target_group" "all" {
  for_each = var.groups
  protocol = coalesce(each.value.protocol, "HTTPS")
  dynamic "stickiness" {
    for_each = each.value.sticky != null ? [each.value.sticky] : []
    content {
      type = stickiness.value.type
    }
  }
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = try(var.groups["a"].port, var.groups["b"].none, 8080)
  default_action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = var.groups
        content {
          arn    = aws_lb_target_group.all[target_group.key].arn
          weight = target_group.value.weight
        }
      }
    }
  }
}
`);
  expect(says(config)).toEqual([]);
  expect(config.pools.map(({ name, stickiness }) => [name, stickiness?.type])).toEqual([
    ['all["a"]', undefined],
    ['all["b"]', 'cookie'],
  ]);
  expect(parts(config, 'listener web')).toEqual({ 'all["a"]': 0.25, 'all["b"]': 0.75 });
  expect(config.entries[0]?.listens[0]?.address).toBe('web:8080');
});

describe('the module of the registry', () => {
  test('has maps of target groups and listeners', () => {
    const config = read(`module "edge" {
  source = "terraform-aws-modules/alb/aws"
  listeners = {
    web = {
      port = 8080
      weighted_forward = {
        target_groups = [{ target_group_key = "one", weight = 1 }, { target_group_key = "two", weight = 4 }]
      }
      rules = {
        gone = {
          priority   = 3
          actions    = [{ fixed_response = { content_type = "text/plain", status_code = 410 } }]
          conditions = [{ path_pattern = { values = ["/gone"] } }]
        }
      }
    }
    secure = { port = 443, protocol = "HTTPS", forward = { target_group_key = "one" } }
  }
  target_groups = {
    one = { port = 81, target_id = "10.0.0.1", health_check = { path = "/up" } }
    two = { create_attachment = false }
  }
}
`);
    expect(says(config)).toEqual([]);
    expect(parts(config, 'listener module.edge.listeners["web"]')).toEqual({
      'module.edge.target_groups[one]': 0.2,
      'module.edge.target_groups[two]': 0.8,
    });
    expect(
      config.entries.map(({ listens, matches }) => [listens[0]?.address, matches.map(({ to }) => to.kind)]),
    ).toEqual([
      ['module.edge:8080', ['answer', 'route']],
      ['module.edge:443', ['pool']],
    ]);
    const one = poolOf(config, 'module.edge.target_groups[one]');
    expect([one.activeCheck?.path?.value, one.servers[0]?.port?.value, one.dynamic]).toEqual(['/up', 81, false]);
  });

  test('had lists before', () => {
    const config = read(`module "edge" {
  source             = "terraform-aws-modules/alb/aws"
  version            = "~> 8.0"
  http_tcp_listeners = [{ port = 80, action_type = "redirect", redirect = { port = "443", protocol = "HTTPS" } }]
  https_listeners    = [{ certificate_arn = "x", target_group_index = 1 }]
  https_listener_rules = [{
    https_listener_index = 0
    actions    = [{ type = "weighted-forward", target_groups = [{ target_group_index = 0, weight = 3 }, { target_group_index = 1, weight = 1 }] }]
    conditions = [{ host_headers = ["a.example"] }]
  }]
  target_groups = [
    { backend_protocol = "HTTP", backend_port = 8080, targets = { a = { target_id = "10.0.0.1" }, b = { target_id = "10.0.0.2", port = 9 } } },
    { backend_protocol = "HTTP", backend_port = 8081 },
  ]
}
`);
    expect(says(config)).toEqual([]);
    expect(
      config.entries.map(({ listens, matches }) => [
        listens[0]?.address,
        listens[0]?.tls,
        matches.map(({ to }) => to.kind),
      ]),
    ).toEqual([
      ['module.edge:80', undefined, ['redirect']],
      ['module.edge:443', true, ['route', 'pool']],
    ]);
    expect(parts(config, 'rule module.edge.https_listener_rules[0]')).toEqual({
      'module.edge.target_groups[0]': 0.75,
      'module.edge.target_groups[1]': 0.25,
    });
    expect(shares(config, 'module.edge.target_groups[0]')).toEqual({ '10.0.0.1': 0.5, '10.0.0.2': 0.5 });
  });
});

test('modules that call each other end', () => {
  const config = read({
    'a/main.tf': 'module "b" {\n  source = "../b"\n}\nmodule "c" {\n  source = "../b"\n}\n',
    'b/main.tf': 'module "a" {\n  source = "../a"\n}\nmodule "c" {\n  source = "../a"\n}\n',
  });
  expect(config.pools).toEqual([]);
});

test('an override file replaces what it names', () => {
  const config = read({
    'main.tf': WEB,
    'prod_override.tf': 'resource "aws_lb_target_group" "app" {\n  port = 9090\n}\n' + attach('a', '"10.0.0.1"'),
  });
  expect(poolOf(config, 'app').algorithm.value?.native).toBe('round_robin');
  expect(config.files).toEqual(['main.tf', 'prod_override.tf']);
});

test('what Terraform or AWS refuses is a problem at its place', () => {
  const config = read(`resource "aws_lb_target_group" "app" {
  protocol   = "HTTP"
  slow_start = 10
  health_check {
    interval = 5
    timeout  = 5
    healthy_threshold = 1
  }
}
resource "aws_lb_listener" "web" {
  port = 80
  default_action {
    type = "forward"
    target_group_arn = aws_lb_target_group.ap.arn
  }
}
`);
  expect(says(config)).toEqual([
    '14: aws_lb_target_group.ap is not declared.',
    '7: Invalid healthy_threshold 1.',
    '3: Invalid slow_start 10.',
    '6: A check may take 5 s, and the next one begins after 5 s.',
  ]);
});

test('a value that needs itself is unknown', () => {
  const config = read(
    `locals {\n  a = local.b\n  b = local.a\n}\n${split(group('old', 'local.a'), group('new', '1'))}`,
  );
  expect(config.unknowns.map(({ reason, at }) => [lineOf(at), plain(reason)])).toEqual([[17, 'local.a needs itself']]);
});

test('texts and lists that double cost what they are long', () => {
  const lines = Array.from(
    { length: 60 },
    (_, i) => `  a${i + 1} = "\${local.a${i}}\${local.a${i}}"\n  l${i + 1} = concat(local.l${i}, local.l${i})`,
  );
  const config = read(
    `locals {\n  a0 = "xxxxxxxxxxxxxxxx"\n  l0 = [1, 2]\n${lines.join('\n')}\n}\n${split(group('old', 'length(local.a60)'), group('new', 'length(local.l60)'))}`,
  );
  expect(config.unknowns.length).toBe(2);
});
