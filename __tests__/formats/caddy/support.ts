import { reader } from '../../../src/formats/caddy/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';

/** Reads a Caddyfile, with other files beside it. */
export function read(text: string, others: Readonly<Record<string, string>> = {}): Config {
  return reader.read('Caddyfile', new MemoryTree({ Caddyfile: text, ...others }), { rootMap: {} });
}

/** Whether Caddy does not load the config for a fault of it. */
export function isRefused({ problems }: Config): boolean {
  return problems.some(({ rule }) => rule === 'config-unparsable' || rule === 'invalid-weight');
}

const pool = (lines: string, more = ''): string =>
  `:8080 {\n\treverse_proxy 192.0.2.1:80 192.0.2.2:80 {\n\t\t${lines.replaceAll('\n', '\n\t\t')}\n\t}\n${more}}\n`;
const site = (lines: string): string => `:8080 {\n\t${lines.replaceAll('\n', '\n\t')}\n}\n`;

/** Small Caddyfiles, right and wrong ones, each of its own kind. */
export const SMALL: Readonly<Record<string, string>> = {
  'one upstream': site('reverse_proxy 192.0.2.1:80'),
  'no braces': ':8080\n\nreverse_proxy 192.0.2.1:80\n',
  'options, then a site without braces': '{\n\tadmin off\n}\n:8080\nreverse_proxy {\n\tto 192.0.2.1:80\n}\n',
  'two sites': ':8080 {\n\trespond a\n}\n:8081 {\n\trespond b\n}\n',
  'the same site twice': ':8080 {\n\trespond a\n}\n:8080 {\n\trespond b\n}\n',
  'a brace that is missing': ':8080 {\n\treverse_proxy 192.0.2.1:80 {\n\t\tlb_policy first\n}\n',
  'a brace too many': ':8080 {\n\trespond a\n}\n}\n',
  'a brace on its own line': ':8080\n{\n\trespond a\n}\n',
  'a brace of a directive on the next line':
    ':8080 {\n\treverse_proxy 192.0.2.1:80\n\t{\n\t\tlb_policy first\n\t}\n}\n',
  'text after an opening brace': ':8080 { respond a\n}\n',
  'an empty pair of braces': site('reverse_proxy 192.0.2.1:80 {}'),
  'a brace that touches an address': ':8080{\n\trespond a\n}\n',
  'addresses over lines': ':8080,\n:8081 {\n\trespond a\n}\n',
  'a comma at the end': ':8080, {\n\trespond a\n}\n',
  'a comma inside': 'a.example,b.example {\n\trespond a\n}\n',
  'an unknown directive near a known one': site('revers_proxy 192.0.2.1:80'),
  'an unknown subdirective': pool('lb_polcy first'),
  'an unknown policy near a known one': pool('lb_policy round_robbin'),
  'a policy with an argument too many': pool('lb_policy first 2'),
  'two policies': pool('lb_policy first\nlb_policy random'),
  'a sample of 1': pool('lb_policy random_choose 1'),
  'a sample without a number': pool('lb_policy random_choose'),
  'a sample of two': pool('lb_policy random_choose 2'),
  'weights that match': pool('lb_policy weighted_round_robin 2 1'),
  'too few weights': pool('lb_policy weighted_round_robin 2'),
  'no weights': pool('lb_policy weighted_round_robin'),
  'a weight below 0': pool('lb_policy weighted_round_robin 2 -1'),
  'a weight that is a word': pool('lb_policy weighted_round_robin 2 x'),
  'a weight with decimals': pool('lb_policy weighted_round_robin 2 1.5'),
  'weights of 0 alone': pool('lb_policy weighted_round_robin 0 0'),
  'a cookie with a secret and a fallback': pool('lb_policy cookie lb s3cret {\n\tfallback first\n}'),
  'a cookie with too much': pool('lb_policy cookie a b c'),
  'a header policy without a field': pool('lb_policy header'),
  'a fallback where there is none': pool('lb_policy ip_hash {\n\tfallback first\n}'),
  'a query policy': pool('lb_policy query user'),
  'retries that are no number': pool('lb_retries x'),
  'an invalid duration': pool('lb_try_duration 5'),
  'a duration of days': pool('lb_try_duration 1d'),
  'every line of a check': pool(
    'health_uri /up\nhealth_port 9000\nhealth_interval 5s\nhealth_timeout 1s\nhealth_status 2xx\nhealth_body ok\nhealth_passes 2\nhealth_fails 3\nhealth_method HEAD\nhealth_follow_redirects',
  ),
  'a check with two paths': pool('health_uri /up /other'),
  'a check with an invalid status': pool('health_status ok'),
  'a port beside another upstream for checks': pool('health_upstream 192.0.2.9:80\nhealth_port 81'),
  'every line of a passive check': pool(
    'max_fails 3\nfail_duration 10s\nunhealthy_status 5xx 429\nunhealthy_latency 2s\nunhealthy_request_count 9',
  ),
  'failures that are no number': pool('max_fails three'),
  'a transport with timeouts': pool('transport http {\n\tdial_timeout 1s\n\tresponse_header_timeout 5s\n}'),
  'a transport with an unknown line': pool('transport http {\n\tconnect_timeout 1s\n}'),
  'two transports': pool('transport http\ntransport http'),
  'upstreams with TLS': site('reverse_proxy https://192.0.2.1 https://192.0.2.2:8443'),
  'upstreams of two schemes': site('reverse_proxy https://192.0.2.1 192.0.2.2:80'),
  'an upstream with a path': site('reverse_proxy http://192.0.2.1/app'),
  'TLS to port 80': site('reverse_proxy https://192.0.2.1:80'),
  'an upstream with an unknown scheme': site('reverse_proxy ftp://192.0.2.1'),
  'a range of ports': site('reverse_proxy 192.0.2.1:8001-8003'),
  'a range that runs backwards': site('reverse_proxy 192.0.2.1:8003-8001'),
  'a socket': site('reverse_proxy unix//run/app.sock'),
  'upstreams by name': site('reverse_proxy {\n\tdynamic a app.internal 80\n}'),
  'a name without a port': site('reverse_proxy {\n\tdynamic a app.internal\n}'),
  'records of services': site('reverse_proxy {\n\tdynamic srv _web._tcp.app.internal\n}'),
  'two sources': site('reverse_proxy {\n\tdynamic a x 80\n\tdynamic srv y\n}'),
  'a matcher': site('@api path /api/*\nreverse_proxy @api 192.0.2.1:80'),
  'a matcher that is missing': site('reverse_proxy @api 192.0.2.1:80'),
  'a matcher twice': site('@api path /a\n@api path /b\nreverse_proxy @api 192.0.2.1:80'),
  'a matcher outside a site': '@api path /api/*\n:8080 {\n\trespond a\n}\n',
  'a snippet with arguments':
    '(app) {\n\treverse_proxy {args[:]}\n}\n:8080 {\n\timport app 192.0.2.1:80 192.0.2.2:80\n}\n',
  'a snippet twice': '(a) {\n\trespond a\n}\n(a) {\n\trespond b\n}\n:8080 {\n\timport a\n}\n',
  'a snippet with a block':
    '(app) {\n\treverse_proxy 192.0.2.1:80 {\n\t\t{block}\n\t}\n}\n:8080 {\n\timport app {\n\t\tlb_policy first\n\t}\n}\n',
  'an import without a name': site('import'),
  'a named route': '&(app) {\n\treverse_proxy 192.0.2.1:80\n}\n:8080 {\n\tinvoke app\n}\n',
  'a named route that is missing': site('invoke app'),
  'a heredoc': site('respond <<END\n\thello\n\tEND'),
  'a heredoc that does not end': site('respond <<END\n\thello'),
  'a default of the environment': site('reverse_proxy {$EVENKEEL_NONE:192.0.2.1:80}'),
  'an address with an invalid port': ':99999 {\n\trespond a\n}\n',
  'paths that are taken off': site('handle_path /api/* {\n\treverse_proxy 192.0.2.1:80\n}'),
  'a path that does not begin with a slash': site('handle_path api {\n\treverse_proxy 192.0.2.1:80\n}'),
  'a service that authenticates': site('forward_auth 192.0.2.9:80 {\n\turi /auth\n}\nreverse_proxy 192.0.2.1:80'),
  'a service that authenticates without a path': site('forward_auth 192.0.2.9:80\nreverse_proxy 192.0.2.1:80'),
  PHP: site('php_fastcgi 192.0.2.1:9000'),
};
