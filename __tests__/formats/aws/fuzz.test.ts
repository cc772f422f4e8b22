import { reader } from '../../../src/formats/aws/reader.ts';
import { InputError } from '../../../src/model/tree.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { cpuMs } from '../../support/cpu.ts';
import { random } from '../../support/random.ts';

const SEED = `variable "w" { default = 5 }
locals {
  a = { x = 1, "y" = [1, 2, local.b], (var.w) = "z-\${var.w}" }
  b = [for k, v in local.a : v if k != "x"]
  t = <<-EOT
    \${local.a["x"]} %{ if true }y%{ endif }
  EOT
}
resource "aws_lb" "web" { load_balancer_type = var.w > 3 ? "network" : "application" }
resource "aws_lb_target_group" "app" {
  count = length(local.b)
  protocol = "HTTP" # evenkeel-ignore x -- y
  health_check { interval = 10 }
}
resource "aws_lb_target_group_attachment" "a" {
  for_each = toset(["10.0.0.1", "10.0.0.2"])
  target_group_arn = aws_lb_target_group.app[0].arn
  target_id = each.value
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port = 80
  default_action {
    type = "forward"
    forward {
      dynamic "target_group" {
        for_each = aws_lb_target_group.app[*].arn
        content {
          arn = target_group.value
          weight = -target_group.key + 10
        }
      }
      stickiness { duration = 10 }
    }
  }
}
module "m" { source = "./m" }
`;
const PIECES = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '"',
  '${',
  '%{',
  '<<EOT\n',
  'EOT',
  '\n',
  '\\',
  '#',
  '/*',
  '*/',
  '//',
  '=',
  '=>',
  '?',
  ':',
  ',',
  '.',
  '...',
  '*',
  '!',
  '-',
  '&&',
  '::',
  'for',
  'in',
  'if',
  'null',
  'each.key',
  'local.a',
  'var.w',
  'dynamic',
  '__proto__',
  'constructor',
  '\uFEFF',
  '\r',
  '1e999',
];

/** The seed text, cut, doubled and littered. */
function mangled(next: () => number): string {
  let text = SEED;
  for (let n = 1 + Math.floor(next() * 12); n > 0; n--) {
    const at = Math.floor(next() * text.length);
    const until = at + Math.floor(next() * 60);
    const piece = PIECES[Math.floor(next() * PIECES.length)] ?? '';
    const kind = next();
    const middle = kind < 0.4 ? piece : kind < 0.7 ? '' : text.slice(at, until).repeat(2);
    text = text.slice(0, at) + middle + text.slice(kind < 0.4 ? at : until);
  }
  return text;
}

test('any text at all is read without an exception, soon (400 seeded texts)', () => {
  const next = random(7);
  for (let i = 0; i < 400; i++) {
    const text = mangled(next);
    const tree = new MemoryTree({ 'main.tf': text, 'terraform.tfvars': mangled(next), 'm/main.tf': mangled(next) });
    let files: readonly string[] = [];
    const ms = cpuMs(() => {
      files = reader.read('main.tf', tree, { rootMap: {} }).files;
    });
    expect(files[0]).toBe('main.tf');
    expect(ms).toBeLessThan(1000);
  }
  expect(Object.prototype).not.toHaveProperty('x');
});

test('a binary file and one that is not there are errors of the user', () => {
  const read = (files: Record<string, string>): unknown =>
    reader.read('main.tf', new MemoryTree(files), { rootMap: {} });
  expect(() => read({ 'main.tf': 'a\0b' })).toThrow(InputError);
  expect(() => read({ 'other.yml': '' })).toThrow(InputError);
});

const numbered = (line: (i: number) => string, before = '', after = ''): ((n: number) => string) => {
  return (n) => before + Array.from({ length: n }, (_, i) => line(i)).join('') + after;
};

test.each<[string, (n: number) => string]>([
  ['comments', numbered(() => '# x\n', 'a = [1\n', ']\n')],
  ['comments behind operators', numbered(() => '/* x */', 'a = 1 + ', '2\n')],
  ['interpolations', numbered(() => '${x}', 'a = "', '"\n')],
  ['texts that never end', numbered((i) => `a${i} = <<E${i}\n`)],
  ['blocks that never end', numbered((i) => `resource "a" "b${i}" {\n`)],
  ['locals that need the next one', numbered((i) => `  a${i} = local.a${i + 1}\n`, 'locals {\n', '}\n')],
  [
    'targets of one group',
    numbered(
      (i) =>
        `resource "aws_lb_target_group_attachment" "a${i}" {\n  target_group_arn = aws_lb_target_group.g.arn\n  target_id = "i-${i}"\n}\n`,
      'resource "aws_lb_target_group" "g" {\n  protocol = "HTTP"\n}\n',
    ),
  ],
])('the work is that of what is written, not its square: %s', (_, make) => {
  const work = (n: number): number => {
    const tree = new MemoryTree({ 'main.tf': make(n) });
    return Math.min(...[1, 2, 3].map(() => cpuMs(() => reader.read('main.tf', tree, { rootMap: {} }))));
  };
  work(1000);
  const once = work(1000);
  expect(work(8000)).toBeLessThan(24 * once + 100);
});
