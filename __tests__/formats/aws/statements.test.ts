import { compare, type EstateChange } from '../../../src/compare/compare.ts';
import { parseHcl } from '../../../src/formats/aws/hcl/parse.ts';
import type { Attribute, Body } from '../../../src/formats/aws/hcl/syntax.ts';
import { plain } from '../../../src/text/say.ts';
import { SourceFile } from '../../../src/text/source.ts';
import { summaryOf } from '../../../src/verify/summary.ts';
import { read } from './reading.ts';

const CONFIG = `variable "canary" {
  default     = 5
  description = "part of the new version"
}

locals {
  ports = { app = 8080 }
}

data "aws_vpc" "main" {
  default = true
}

resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_security_group" "web" {
  description = "web"
  ingress {
    from_port = 443
  }
}

resource "aws_lb" "web" {
  name                       = "web"
  load_balancer_type         = "application"
  idle_timeout               = 60
  enable_deletion_protection = true
  subnets                    = ["subnet-1", "subnet-2"]
  tags = {
    team = "edge"
  }
}

resource "aws_lb" "tcp" {
  load_balancer_type               = "network"
  enable_cross_zone_load_balancing = true
}

resource "aws_lb_target_group" "app" {
  name                          = "app"
  port                          = local.ports.app
  protocol                      = "HTTP"
  vpc_id                        = data.aws_vpc.main.id
  slow_start                    = 60
  deregistration_delay          = 30
  load_balancing_algorithm_type = "round_robin"
  health_check {
    path                = "/up"
    interval            = 10
    timeout             = 4
    matcher             = "200"
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
  stickiness {
    type            = "lb_cookie"
    cookie_duration = 600
  }
}

resource "aws_lb_target_group" "fresh" {
  port     = 8080
  protocol = "HTTP"
}

resource "aws_lb_target_group" "raw" {
  port     = 9000
  protocol = "TCP"
}

resource "aws_instance" "a" {
  ami               = "ami-1"
  availability_zone = "us-east-2a"
}

resource "aws_lb_target_group_attachment" "a" {
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = aws_instance.a.id
}

resource "aws_lb_target_group_attachment" "b" {
  count            = 2
  target_group_arn = aws_lb_target_group.app.arn
  target_id        = "10.0.0.\${count.index}"
  port             = 8081
}

resource "aws_lb_target_group_attachment" "raw" {
  for_each          = { "10.1.0.1" = "us-east-2a", "10.1.0.2" = "us-east-2b", "10.1.0.3" = "us-east-2b" }
  target_group_arn  = aws_lb_target_group.raw.arn
  target_id         = each.key
  availability_zone = each.value
}

resource "aws_lb_listener" "tcp" {
  load_balancer_arn = aws_lb.tcp.arn
  port              = 9000
  protocol          = "TCP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.raw.arn
  }
}

resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.app.arn
        weight = 100 - var.canary
      }
      target_group {
        arn    = aws_lb_target_group.fresh.arn
        weight = var.canary
      }
      stickiness {
        enabled  = true
        duration = 300
      }
    }
  }
}

resource "aws_lb_listener_rule" "old" {
  listener_arn = aws_lb_listener.web.arn
  priority     = 10
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "410"
    }
  }
  condition {
    path_pattern {
      values = ["/v1/*"]
    }
  }
}

resource "aws_lb_listener_rule" "moved" {
  listener_arn = aws_lb_listener.web.arn
  priority     = 20
  action {
    type = "redirect"
    redirect {
      host        = "new.example"
      status_code = "HTTP_302"
    }
  }
  condition {
    host_header {
      values = ["old.example"]
    }
  }
}
`;

function attributesIn(body: Body, path: string): { readonly path: string; readonly item: Attribute }[] {
  return body.flatMap((item) =>
    item.kind === 'attribute'
      ? [{ path: `${path} ${item.name}`.trim(), item }]
      : attributesIn(item.body, `${path} ${item.labels.length > 0 ? item.labels.join('.') : item.type}`.trim()),
  );
}

/** Another value of the same kind. */
function other(text: string): string {
  if (/^\d+$/.test(text)) return String(Number(text) + 1);
  if (text === 'true' || text === 'false') return String(text === 'false');
  if (/^".*"$/.test(text)) return text.replace(/"$/, 'x"');
  if (text.includes('"')) return text.replace(/"([^"]*)"/, '"$1x"');
  return text.replace(/app|fresh|raw|main|each\.(?:key|value)|listener\.web|lb\.\w+|a\.id|canary|\d+/, (word) =>
    /^\d+$/.test(word) ? String(Number(word) + 1) : (OTHERS[word] ?? 'app'),
  );
}

const OTHERS: Readonly<Record<string, string>> = {
  app: 'fresh',
  main: 'other',
  'each.key': 'each.value',
  'each.value': '"us-east-2a"',
  'listener.web': 'listener.tcp',
  'lb.web': 'lb.tcp',
  'lb.tcp': 'lb.web',
};

interface Outcome {
  readonly path: string;
  readonly how: 'deleted' | 'changed';
  readonly change: EstateChange;
  readonly silent: boolean;
  readonly refused: boolean;
}

const base = read(CONFIG);
const outcomes = attributesIn(parseHcl(new SourceFile('main.tf', CONFIG)).body, '').flatMap(({ path, item }) =>
  (['deleted', 'changed'] as const).map((how): Outcome => {
    const { at, value } = item;
    const text =
      how === 'deleted'
        ? CONFIG.slice(0, at.start) + CONFIG.slice(at.end)
        : CONFIG.slice(0, value.at.start) +
          other(CONFIG.slice(value.at.start, value.at.end)) +
          CONFIG.slice(value.at.end);
    const head = read(text);
    const change = compare([base], [head]);
    const inputs = [{ file: 'main.tf', format: 'aws', status: head.status, line: null, reason: null }];
    const summary = plain(summaryOf('pass', change, [], [], inputs, false));
    return {
      path,
      how,
      change,
      refused: head.problems.length > 0,
      silent: summary.startsWith('Nothing changes') || summary.startsWith('No change to traffic'),
    };
  }),
);

/** What is harmless by the table, or has no effect of its own: a default that is written out, a part of a value that is told where it is used. */
const WITHOUT_EFFECT =
  /description$|^aws_s3_bucket|^aws_vpc.main|(?:^| )(?:name|tags|ami|ssl_policy|enable_deletion_protection|content_type)$/;

test('every changed attribute is explained, listed as not judged, or harmless by the table', () => {
  expect(outcomes.length).toBeGreaterThan(120);
  const silent = outcomes.filter((one) => one.silent && !one.refused && !WITHOUT_EFFECT.test(one.path));
  expect(silent.map(({ path, how }) => `${how} ${path}`)).toEqual([
    // What is written is the default.
    'deleted aws_lb.web load_balancer_type',
    'deleted aws_lb_target_group.app load_balancing_algorithm_type',
    'deleted aws_lb_target_group.app health_check unhealthy_threshold',
    // The order of the rules stays.
    'changed aws_lb_listener_rule.old priority',
    'deleted aws_lb_listener_rule.moved priority',
    'changed aws_lb_listener_rule.moved priority',
  ]);
});

test('what is harmless is silent', () => {
  const loud = outcomes.filter((one) => WITHOUT_EFFECT.test(one.path) && !one.silent && !one.refused);
  expect(loud.map(({ path, how }) => `${how} ${path}`)).toEqual([]);
});

test('what decides about traffic is explained, not only listed', () => {
  const listed = outcomes.filter(({ change, refused }) => change.statements.unjudged.length > 0 && !refused);
  expect([...new Set(listed.map(({ path }) => path))]).toEqual(['aws_security_group.web ingress from_port']);
});

test('a changed default shows where it is used', () => {
  const change = compare([base], [read(CONFIG.replace('default     = 5', 'default     = 50'))]);
  expect(change.routes.map(({ parts }) => parts.map(({ name, after }) => [name, after]))).toEqual([
    [
      ['app', 0.5],
      ['fresh', 0.5],
    ],
  ]);
  expect(change.statements.unjudged).toEqual([]);
});

test.each([
  ['a bucket', 'resource "aws_s3_bucket" "x" {\n  bucket = "a"\n}\n', []],
  [
    'a security group',
    'resource "aws_security_group_rule" "x" {\n  type = "ingress"\n}\n',
    ['resource aws_security_group_rule x'],
  ],
  [
    'a load balancer of another provider',
    'resource "google_compute_url_map" "x" {\n  name = "a"\n}\n',
    ['resource google_compute_url_map x'],
  ],
  ['a module of a registry', 'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n', []],
  ['a module of a registry for load balancers', 'module "x" {\n  source = "example/nlb/aws"\n}\n', ['module x']],
])('%s that is added is judged by its type', (_, text, expected) => {
  const change = compare([base], [read(CONFIG + text)]);
  expect(change.statements.unjudged.map(({ statement }) => statement.text)).toEqual(expected);
});
