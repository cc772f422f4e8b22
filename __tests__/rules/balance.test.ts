import type { FormatName } from '../../src/model/config.ts';
import type { PoolFacts } from '../../src/model/facts.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { RunConfig } from '../../src/rules/engine.ts';
import { RULES } from '../../src/rules/list.ts';
import { defaultOptions } from '../../src/rules/rule.ts';
import { plain } from '../../src/text/say.ts';
import { changeOf, findings, shown } from '../support/run-rules.ts';

type More = Partial<RunConfig> & { readonly base?: string };

/** What one rule finds in a text, or in the change from `base` to it. */
function found(id: string, format: FormatName, text: string, { base, ...more }: More = {}): readonly Finding[] {
  return findings(
    RULES.filter((rule) => rule.id === id),
    changeOf(format, base, text),
    more,
  );
}

const said = (id: string, format: FormatName, text: string, more?: More): string[] =>
  found(id, format, text, more).map(shown);
const severities = (id: string, format: FormatName, text: string, more?: More): string[] =>
  found(id, format, text, more).map(({ severity }) => severity);

const fixes = (id: string, format: FormatName, text: string): string[] =>
  found(id, format, text).map(({ fix }) => plain(fix));

const withFacts = (facts: PoolFacts): More => ({ facts: new Map([['app', facts]]) });
const withOption = (option: string, value: number): More => ({
  optionsOf: (rule) => ({ ...defaultOptions(rule), [option]: value }),
});

/** A backend of servers with these weights; null = none written. */
const weights = (list: readonly (number | string | null)[], lines = ' balance roundrobin\n'): string =>
  `backend app\n mode http\n${lines}${list
    .map((w, i) => ` server s${i + 1} 192.0.2.${i + 1}:80 check${w === null ? '' : ` weight ${w}`}\n`)
    .join('')}`;

const site = (upstream: string, location = 'proxy_pass http://app;', more = ''): string =>
  `events {}\nhttp {\n${more}\nupstream app {\n${upstream}\n}\nserver {\nlisten 8080;\nlocation / {\n${location}\n}\n}\n}\n`;

describe('weight-imbalance', () => {
  test('names share, limit, what a failure does and the weight that would do', () => {
    const [one, ...others] = found('weight-imbalance', 'haproxy', weights([100, 20, 20]), {
      base: weights([10, 10, 10]),
    });
    expect(others).toEqual([]);
    expect(one && [one.severity, one.server, one.introduced, plain(one.what), plain(one.why), plain(one.fix)]).toEqual([
      'error',
      's1',
      true,
      's1 gets 71% of app; the limit for 3 servers is 50%.',
      'If s1 fails, the other 2 go from 14% to 50% each.',
      'Write weight 40 or less, or declare expect: config for the pool in the checklist file if s1 is meant to take more.',
    ]);
    expect(one?.at.source.text.slice(one.at.start, one.at.end)).toBe('100');
  });

  test('the weight it names is the largest that keeps the limit', () => {
    expect(said('weight-imbalance', 'haproxy', weights([40, 20, 20]))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', weights([41, 20, 20]))).toHaveLength(1);
    const [fix] = fixes('weight-imbalance', 'haproxy', weights([250, 3, 4, 5, 9]));
    const best = Number(/weight (\d+) or less/.exec(fix ?? '')?.[1]);
    expect(said('weight-imbalance', 'haproxy', weights([best, 3, 4, 5, 9]))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', weights([best + 1, 3, 4, 5, 9]))[0]).toContain(' s1 gets ');
  });

  test('a mild one is a notice, a warning in a change; a heavy or steep one a warning, heavy an error in a change', () => {
    const graded = (list: number[]): string[] => [
      ...severities('weight-imbalance', 'haproxy', weights(list)),
      ...severities('weight-imbalance', 'haproxy', weights(list), { base: weights(list.map(() => 1)) }),
    ];
    expect(graded([4, 3, 2, 1])).toEqual(['notice', 'warning']);
    expect(graded([100, 20, 20])).toEqual(['warning', 'error']);
    expect(graded([10, 10, 10, 10, 1, 1, 1, 1])).toEqual(['warning', 'warning']);
    expect(graded([4, 3, 3])).toEqual([]);
    expect(graded([3, 1])).toEqual([]);
  });

  test('one finding a pool; the other heavy servers are related places', () => {
    const [one, ...others] = found('weight-imbalance', 'haproxy', weights([80, 80, 1, 1, 1, 1]));
    expect([others.length, one?.server, one?.related.map(({ note }) => plain(note))]).toEqual([
      0,
      's1',
      ['s2 gets 49%'],
    ]);
  });

  test('a starved server is noticed', () => {
    expect(said('weight-imbalance', 'haproxy', weights([20, 20, 1]))).toEqual([
      'notice weight-imbalance 6: s3 gets 2.4% of app; an even split would give it 33%.',
    ]);
  });

  test('is silent when the split is declared, sized, unknown or not by weight', () => {
    const uneven = weights([100, 20, 20]);
    expect(said('weight-imbalance', 'haproxy', uneven, withFacts({ expect: 'config' }))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', uneven, withFacts({ expect: 'capacity' }))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', uneven, withFacts({ expect: 'even' }))).toHaveLength(1);
    const capacity = new Map([1, 2, 3].map((n) => [`s${n}`, 500] as const));
    expect(said('weight-imbalance', 'haproxy', uneven, withFacts({ capacity }))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', weights([100, '"${SMALL}"', 20]))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', weights([100, 20, 20], ' balance first\n'))).toEqual([]);
  });

  test('a limit of the team holds instead', () => {
    expect(said('weight-imbalance', 'haproxy', weights([100, 20, 20]), withOption('max-share', 0.75))).toEqual([]);
    expect(said('weight-imbalance', 'haproxy', weights([45, 20, 20]), withOption('max-share', 0.5))).toEqual([
      'notice weight-imbalance 4: s1 gets 53% of app; the limit is 50%.',
    ]);
  });

  test('says under which circumstances, in the words of the product', () => {
    expect(said('weight-imbalance', 'haproxy', weights([90, 10, 10], ' balance leastconn\n'))[0]).toContain(
      's1 gets 82% of app under load;',
    );
    const [one] = found(
      'weight-imbalance',
      'nginx',
      site('server 192.0.2.1:80 weight=100;\nserver 192.0.2.2:80;\nserver 192.0.2.3:80;'),
    );
    expect(one && [one.severity, plain(one.fix).slice(0, 23)]).toEqual(['warning', 'Write weight=2 or less,']);
    const yaml = (split: string): string =>
      `version: 1\npools:\n  - name: app\n${split}    servers:\n      - { address: 192.0.2.1, weight: 9 }\n      - { address: 192.0.2.2, weight: 1 }\n`;
    expect(fixes('weight-imbalance', 'neutral', yaml(''))).toEqual([expect.stringMatching(/^Write weight: 3 or less/)]);
    expect(said('weight-imbalance', 'neutral', yaml('    expect: { split: weights }\n'))).toEqual([]);
  });
});

describe('pools that are none', () => {
  test('one server is noticed; a pool of one and backups is a warning for web traffic', () => {
    const pool = (mode: string, ...servers: string[]): string =>
      `backend app\n mode ${mode}\n${servers.map((server, i) => ` server s${i} 192.0.2.${i + 1}:80 ${server}\n`).join('')}`;
    expect(severities('single-server', 'haproxy', pool('http', ''))).toEqual(['notice']);
    expect(severities('single-server', 'haproxy', pool('http', '', 'disabled'))).toEqual(['notice']);
    expect(severities('single-server', 'haproxy', pool('http', '', 'backup'))).toEqual(['warning']);
    expect(severities('single-server', 'haproxy', pool('tcp', '', 'backup', 'backup'))).toEqual(['notice']);
    expect(severities('single-server', 'haproxy', pool('http', '', '', 'backup'))).toEqual([]);
    expect(severities('single-server', 'haproxy', pool('http', ''), withFacts({ single: true }))).toEqual([]);
  });

  test('names of groups are not counted as one', () => {
    for (const host of [
      'web',
      'app.default.svc.cluster.local',
      'web.service.consul',
      'x-1.eu-west-1.elb.amazonaws.com',
    ])
      expect(said('single-server', 'nginx', site(`server ${host}:80;`))).toEqual([]);
    expect(said('single-server', 'nginx', site('server app1.example.net:80;'))).toHaveLength(1);
  });
});

describe('rings', () => {
  test('the share of the ring is computed, and what denser weights would do', () => {
    const ring = ' balance uri\n hash-type consistent\n';
    const ten = Array.from({ length: 10 }, () => null);
    const [one] = found('sparse-ring', 'haproxy', weights(ten, ring));
    expect(one && [one.severity, plain(one.what), plain(one.fix)]).toEqual([
      'warning',
      's10 gets 13% of app by its place on the ring; its weight says 10%.',
      'Multiply all weights by 100 (weight 100): the largest difference is then 2.2% of a share. Keys move once.',
    ]);
    expect(
      said(
        'sparse-ring',
        'haproxy',
        weights(
          ten.map(() => 100),
          ring,
        ),
      ),
    ).toEqual([]);
    // Two random servers are compared by load, which hides the ring.
    expect(severities('sparse-ring', 'haproxy', weights(ten, ' balance random\n'))).toEqual(['notice']);
    expect(severities('sparse-ring', 'haproxy', weights(ten, ' balance random(1)\n'))).toEqual(['warning']);
  });
});

describe('slow-detection', () => {
  test('grows from nothing over a notice to a warning, and knows what shortens it', () => {
    const pool = (words: string): string => `backend app\n default-server check ${words}\n server a 192.0.2.1:80\n`;
    expect(severities('slow-detection', 'haproxy', pool('inter 10s'))).toEqual([]);
    expect(severities('slow-detection', 'haproxy', pool('inter 11s'))).toEqual(['notice']);
    expect(severities('slow-detection', 'haproxy', pool('inter 31s'))).toEqual(['warning']);
    expect(severities('slow-detection', 'haproxy', pool('inter 31s fastinter 500'))).toEqual(['notice']);
    expect(severities('slow-detection', 'haproxy', pool('inter 300s observe layer7'))).toEqual([]);
    expect(severities('slow-detection', 'haproxy', pool('inter ${EVERY}'))).toEqual([]);
    expect(severities('slow-detection', 'haproxy', pool('inter 31s'), withOption('max-time', 120_000))).toEqual([
      'notice',
    ]);
  });
});

describe('source-hash-behind-proxy', () => {
  const two = 'server 192.0.2.1:80;\nserver 192.0.2.2:80;';
  test('needs evidence of a proxy for a warning', () => {
    const graded = (more: string): string[] =>
      severities('source-hash-behind-proxy', 'nginx', site(`ip_hash;\n${two}`, undefined, more));
    expect(graded('')).toEqual(['notice']);
    expect(graded("log_format l '$http_x_forwarded_for';")).toEqual(['notice']);
    expect(graded('map $http_x_forwarded_for $who { default 1; }')).toEqual(['warning']);
    expect(graded('server { listen 81 proxy_protocol; }')).toEqual(['warning']);
    expect(graded('server { listen 81 proxy_protocol; set_real_ip_from 192.0.2.9; }')).toEqual([]);
  });

  test('HAProxy takes the address from the PROXY protocol by itself', () => {
    const text = (bind: string, option: string): string =>
      `frontend web\n mode http\n bind :80 ${bind}\n ${option}\n default_backend app\n${weights([null, null], ' balance source\n')}`;
    expect(severities('source-hash-behind-proxy', 'haproxy', text('accept-proxy', ''))).toEqual(['notice']);
    expect(severities('source-hash-behind-proxy', 'haproxy', text('', 'option forwardfor if-none'))).toEqual([
      'warning',
    ]);
    expect(severities('source-hash-behind-proxy', 'haproxy', text('', 'option forwardfor'))).toEqual(['notice']);
  });
});

describe('where traffic is sent', () => {
  test('an undefined pool is an error, unless the rest may be elsewhere', () => {
    const front = 'frontend web\n bind :80\n default_backend ap\n';
    expect(said('undefined-pool-reference', 'haproxy', front + weights([1, 1]))).toEqual([
      'error undefined-pool-reference 3: default_backend names ap, which is not defined; did you mean app?',
    ]);
    expect(severities('undefined-pool-reference', 'haproxy', front)).toEqual(['notice']);
  });

  test('nginx takes a name for a host: a near miss is an error only when the pool is left without traffic', () => {
    const two = 'server 192.0.2.1:80;\nserver 192.0.2.2:80;';
    const pass = (...names: string[]): string =>
      `upstream app_web {\n${two}\n}\nserver {\n${names.map((n, i) => `location /${i} { proxy_pass http://${n}; }`).join('\n')}\n}\n`;
    expect(severities('undefined-pool-reference', 'nginx', pass('app_wep'))).toEqual(['error']);
    expect(severities('undefined-pool-reference', 'nginx', pass('app_web', 'app_wep'))).toEqual(['warning']);
    expect(severities('undefined-pool-reference', 'nginx', pass('app_web', 'grafana'))).toEqual([]);
  });

  test('a loop is followed over several hops, and only where every one is certain', () => {
    const hop = (name: string, port: number, to: number, extra = ''): string =>
      `frontend f_${name}\n bind 127.0.0.1:${port}\n${extra} default_backend ${name}\nbackend ${name}\n server s 127.0.0.1:${to}\n`;
    expect(said('self-loop', 'haproxy', hop('a', 8001, 8002) + hop('b', 8002, 8001))).toEqual([
      "error self-loop 5: s of a is the balancer's own port 8002, which leads back to a.",
      "error self-loop 10: s of b is the balancer's own port 8001, which leads back to b.",
    ]);
    expect(said('self-loop', 'haproxy', hop('a', 8001, 8002) + hop('b', 8002, 8003))).toEqual([]);
    const way = ' use_backend c if { path /c }\n';
    expect(said('self-loop', 'haproxy', `${hop('a', 8001, 8001, way)}backend c\n server s 192.0.2.1:80\n`)).toEqual([]);
  });

  test('a setting that several places inherit is told once for a pool', () => {
    const four = [1, 2, 3, 4].map((n) => `server 192.0.2.${n}:80;`).join('\n');
    const text = (more: string): string =>
      `upstream app {\n${four}\n}\nserver {\nproxy_next_upstream error non_idempotent;\n${more}\nlocation /a { proxy_pass http://app; }\nlocation /b { proxy_pass http://app; }\n}\n`;
    expect(said('retry-amplification', 'nginx', text(''))).toEqual([
      'warning retry-amplification 8: A failed request, also a POST, is repeated on each of the 4 servers of app.',
    ]);
    expect(said('retry-amplification', 'nginx', text('proxy_next_upstream_timeout 5s;'))).toEqual([]);
    expect(said('retry-amplification', 'nginx', text(''), withOption('max-retries', 4))).toEqual([]);
  });
});

describe('stale-dns', () => {
  test('is a warning only for names whose addresses change by design', () => {
    const graded = (host: string): string[] => severities('stale-dns', 'nginx', site(`server ${host}:80;`));
    expect(graded('api-1.us-east-1.elb.amazonaws.com')).toEqual(['warning']);
    expect(graded('api.service.consul')).toEqual(['warning']);
    expect(graded('api1.example.net')).toEqual(['notice']);
    expect(graded('192.0.2.1')).toEqual([]);
    expect(graded('localhost')).toEqual([]);
  });
});
