import type { Text } from '../model/text.ts';
import { name, say, sentences, words } from '../text/say.ts';
import { headerValues } from './client.ts';
import type { Answer } from './exchange.ts';

export type Balancer = 'nginx' | 'HAProxy' | 'Envoy' | 'Caddy' | 'Apache';

/** One line of config that makes a balancer say which server answered, and where it goes. */
export interface Snippet {
  readonly balancer: Balancer;
  readonly line: string;
  readonly where: string;
}

/**
 * Each line works as it stands when pasted at its place; the header is one that `auto` finds. A report shows up to 80
 * characters whole.
 */
export const SNIPPETS: readonly Snippet[] = [
  {
    balancer: 'nginx',
    line: 'add_header X-Served-By $upstream_addr always;',
    where: 'in the server or location block that has proxy_pass, beside any other add_header',
  },
  {
    balancer: 'HAProxy',
    line: 'http-response set-header X-Served-By %s',
    where: 'in the backend section',
  },
  {
    balancer: 'Envoy',
    line: 'response_headers_to_add: [{header: {key: x-backend, value: "%UPSTREAM_HOST%"}}]',
    where: 'in route_config, beside virtual_hosts',
  },
  {
    balancer: 'Caddy',
    line: 'header_down X-Served-By {http.reverse_proxy.upstream.hostport}',
    where: 'inside the braces of reverse_proxy',
  },
  {
    balancer: 'Apache',
    line: 'Header always set X-Served-By "expr=%{env:BALANCER_WORKER_NAME}"',
    where: 'in the virtual host that has ProxyPass, with mod_headers loaded',
  },
];

/**
 * Which balancers the target may be, likeliest first: by its config when that is known, else by the marks of its
 * responses. HAProxy leaves none and passes on those of the servers behind it.
 */
export function likelyBalancers(answers: readonly Answer[], format: string | undefined): readonly Balancer[] {
  if (format === 'nginx') return ['nginx'];
  if (format === 'haproxy') return ['HAProxy'];
  const says = (header: string, pattern: RegExp): boolean =>
    answers.some((answer) => headerValues(answer, header).some((value) => pattern.test(value)));
  if (says('server', /^envoy/i) || says('x-envoy-upstream-service-time', /./)) return ['Envoy'];
  if (says('via', /caddy/i) || says('server', /^caddy/i)) return ['Caddy'];
  if (says('server', /^(?:nginx|openresty)/i)) return ['nginx', 'HAProxy'];
  if (says('server', /^apache/i)) return ['Apache', 'HAProxy'];
  return ['HAProxy', 'nginx', 'Envoy', 'Caddy', 'Apache'];
}

/** The lines for these balancers, likeliest first. */
export function snippetsFor(balancers: readonly Balancer[]): readonly Snippet[] {
  return balancers.flatMap((balancer) => SNIPPETS.filter((snippet) => snippet.balancer === balancer));
}

export const LET_IT_SAY = words('Let the balancer say which server answered, then probe again.');

/** What to add so that the next probe can tell servers apart, in one paragraph. */
export function advise(snippets: readonly Snippet[]): Text {
  const lines = snippets.map(({ balancer, line, where }) => say`${words(balancer)}: ${name(line)} (${words(where)}).`);
  return sentences(LET_IT_SAY, ...lines);
}
