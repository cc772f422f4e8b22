import type { Setting } from '../../../src/model/span.ts';
import { read, written } from './reading.ts';

const CONFIG = `# é😀 before
resource "aws_lb" "web" {
  load_balancer_type               = "network"
  enable_cross_zone_load_balancing = false
  idle_timeout                     = 77
}
resource "aws_lb_target_group" "app" {
  port                               = 8080
  protocol                           = "TCP"
  deregistration_delay               = 45
  load_balancing_cross_zone_enabled  = "true"
  health_check {
    protocol            = "HTTPS"
    path                = "/é😀"
    port                = "9443"
    matcher             = "200-204"
    interval            = 15
    timeout             = 6
    healthy_threshold   = 4
    unhealthy_threshold = 2
  }
  target_group_health {
    unhealthy_state_routing {
      minimum_healthy_targets_count = 2
    }
  }
}
resource "aws_lb_target_group" "web" {
  protocol                      = "HTTP"
  load_balancing_algorithm_type = "weighted_random"
  slow_start                    = 90
  stickiness {
    type            = "app_cookie"
    cookie_name     = "SID"
    cookie_duration = 1800
  }
}
resource "aws_lb_target_group_attachment" "one" {
  target_group_arn  = aws_lb_target_group.app.arn
  target_id         = "10.0.0.7"
  port              = 8081
  availability_zone = "us-east-2c"
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8443
  protocol          = "TLS"
  alpn_policy       = "HTTP2Only"
  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.app.arn
        weight = 7
      }
      target_group {
        arn    = aws_lb_target_group.web.arn
        weight = 11
      }
      stickiness {
        enabled  = true
        duration = 500
      }
    }
  }
}
`;

/** Every setting below a part of the model that the file spells out, with the path to it. */
function settingsIn(value: unknown, path: string, seen = new Set<unknown>()): [string, Setting<unknown>][] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if ('written' in value && 'at' in value && 'value' in value)
    return value.written === true ? [[path, value as Setting<unknown>]] : [];
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([key, inner]) =>
    key === 'source' || key === 'dialect' ? [] : settingsIn(inner, `${path}.${String(key)}`, seen),
  );
}

/** How a value may be written: durations in seconds, some as words of their own. */
function texts(value: unknown): string[] {
  if (typeof value === 'number') return [String(value), String(value / 1000)];
  if (typeof value !== 'object' || value === null) return [String(value)];
  if ('native' in value) return [String(value.native)];
  return 'count' in value ? [String(value.count)] : [JSON.stringify(value)];
}

const WORDS: Readonly<Record<string, string>> = { separate: 'false', pooled: 'true', true: 'HTTPS', false: 'HTTP' };

test.each([
  ['LF', CONFIG],
  ['CRLF', CONFIG.replaceAll('\n', '\r\n')],
  ['a BOM', `\uFEFF${CONFIG}`],
  ['tabs', CONFIG.replaceAll('  ', '\t')],
])('every setting of the model stands at its place with %s', (_, text) => {
  const { pools, routes, entries, problems } = read(text);
  expect(problems).toEqual([]);
  const found = settingsIn({ pools, routes, entries }, '');
  expect(found.length).toBeGreaterThanOrEqual(25);
  const wrong = found.filter(([, { value, at }]) => {
    const there = written(at).replaceAll('"', '');
    return ![...texts(value), WORDS[String(value)] ?? ''].includes(there);
  });
  expect(wrong.map(([path, { value, at }]) => [path, value, written(at)])).toEqual([]);
});
