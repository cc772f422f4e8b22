/** Texts that cost much to read, compare or judge, of about the size that is asked for. */
export interface Shape {
  readonly name: string;
  readonly file: string;
  /** `seed` makes the numbers of one revision. */
  readonly make: (bytes: number, seed: number) => string;
}

type Line = (i: number, seed: number) => string;

function shape(name: string, file: string, line: Line, before = '', after = ''): Shape {
  return {
    name,
    file,
    make: (bytes, seed) => {
      const parts = [before];
      let size = before.length + after.length;
      for (let i = 0; size < bytes; i++) {
        const part = line(i, seed);
        size += part.length;
        parts.push(part);
      }
      return parts.join('') + after;
    },
  };
}

const HTTP = 'defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n';
const haproxy = (name: string, line: Line, before = HTTP, after = ''): Shape =>
  shape(`haproxy: ${name}`, 'haproxy.cfg', line, before, after);
const nginx = (name: string, line: Line, before = 'events {}\nhttp {\n', after = '}\n'): Shape =>
  shape(`nginx: ${name}`, 'nginx.conf', line, before, after);
const pools = (name: string, line: Line, before = 'version: 1\npools:\n', after = ''): Shape =>
  shape(`neutral: ${name}`, 'pools.yml', line, before, after);
const traefik = (name: string, line: Line, before: string, after = ''): Shape =>
  shape(`traefik: ${name}`, 'dynamic.yml', line, before, after);

export const SHAPES: readonly Shape[] = [
  haproxy('listeners on every port', (i) => `listen l${i}\n bind :1-65535\n server a 10.0.0.1:80\n`),
  haproxy('only .endif', () => '.endif\n', ''),
  haproxy('conditions in conditions', () => '.if defined(A)\n', ''),
  haproxy(
    'one ACL name again and again',
    (i, seed) => ` acl a path_beg /${i + seed}\n`,
    `${HTTP}frontend f\n bind :80\n`,
    ' use_backend b if a\nbackend b\n server s 10.0.0.1:80\n',
  ),
  haproxy(
    'long conditions',
    (i, seed) => ` use_backend b if ${`{ path /${i}/${seed} } `.repeat(14)}\n`,
    `${HTTP}frontend f\n bind :80\n`,
    'backend b\n server s 10.0.0.1:80\n',
  ),
  haproxy(
    'a pool for each of many hosts',
    (i, seed) =>
      `frontend f${i}\n bind :${(i % 60000) + 1}\n default_backend b${i}\nbackend b${i}\n server s 10.0.0.1:80 weight ${seed}\n`,
  ),
  haproxy(
    'many pools behind one frontend',
    (i, seed) => ` use_backend b${i + seed * 3} if { path /${i} }\n`,
    `${HTTP}frontend f\n bind :80\n`,
  ),
  haproxy(
    'one pool of many servers',
    (i, seed) => ` server s${i} 10.0.${i % 250}.1:${(i % 60000) + 1} weight ${(i * seed) % 250}\n`,
    `${HTTP}backend b\n`,
  ),
  haproxy(
    'many templates of many servers',
    (i, seed) => `backend b${i}\n server-template s 1-${9000 + seed} a.example:80\n`,
  ),
  haproxy(
    'defaults that build on each other',
    (i, seed) => `defaults d${i + 1} from d${i}\n timeout server ${i + seed}s\n`,
    `defaults d0\n mode http\n`,
    'backend b\n server s 10.0.0.1:80\n',
  ),
  haproxy('one long line', (i, seed) => `${i}${seed} `, 'backend b\n server '),
  haproxy(
    'rules that deny',
    (i, seed) => ` http-request deny if { path /${i}/${seed} }\n`,
    `${HTTP}frontend f\n bind :80\n`,
    ' default_backend b\nbackend b\n server s 10.0.0.1:80\n',
  ),
  haproxy('servers that track each other', (i) => `backend b${i}\n server s 10.0.0.1:80 track b${i + 1}/s\n`),
  haproxy(
    'servers with words from outside',
    (i, seed) => ` server s${i} 10.0.0.1:80 weight "$\{W${i + seed}}"\n`,
    `${HTTP}backend b\n`,
  ),
  nginx('blocks in blocks', () => 'a{', ''),
  nginx(
    'many servers with locations',
    (i, seed) => `server { listen ${(i % 60000) + 1}; location / { proxy_pass http://10.0.0.${(i + seed) % 250}; } }\n`,
  ),
  nginx(
    'many servers of one address',
    (i, seed) => `server { server_name h${i}.example; location / { return ${200 + (seed % 2)}; } }\n`,
  ),
  nginx(
    'one upstream of many servers',
    (i, seed) => `server 10.0.${i % 250}.1:${(i % 60000) + 1} weight=${(i % 90) + seed};\n`,
    'events {}\nhttp {\nupstream u {\n',
    '}\nserver { location / { proxy_pass http://u; } }\n}\n',
  ),
  nginx(
    'a map of many values',
    (i, seed) => `h${i}.example 10.0.0.${(i + seed) % 250};\n`,
    'events {}\nhttp {\nmap $host $to {\n',
    '}\nserver { location / { proxy_pass http://$to; } }\n}\n',
  ),
  nginx(
    'many regular expressions',
    (i, seed) => `location ~ ^/${i}/${seed} { proxy_pass http://u; }\n`,
    'events {}\nhttp {\nupstream u { server 10.0.0.1; }\nserver {\n',
    '}\n}\n',
  ),
  nginx(
    'many paths that files end in',
    (i, seed) => `location /${i}/ { try_files $uri /${i + seed}/; }\n`,
    'events {}\nhttp {\nserver {\n',
    '}\n}\n',
  ),
  nginx(
    'many conditions',
    (i, seed) => `if ($http_a${i} = ${seed}) { proxy_pass http://u; }\n`,
    'events {}\nhttp {\nupstream u { server 10.0.0.1; }\nserver {\nlocation / {\n',
    '}\n}\n}\n',
  ),
  nginx('files that are not there', (i) => `include ${i}/*.conf;\n`),
  nginx(
    'locations in locations',
    (i, seed) =>
      `server { location /a { location /a/b { location /a/b/${i} { proxy_pass http://10.0.0.${seed}; } } } }\n`,
  ),
  pools('many pools', (i, seed) => `  - { name: p${i}, servers: [{ address: 10.0.0.1, weight: ${seed} }] }\n`),
  pools(
    'one pool of many servers',
    (i, seed) => `      - { name: s${i}, address: 10.0.0.1, weight: ${(i % 90) + seed} }\n`,
    'version: 1\npools:\n  - name: p\n    servers:\n',
  ),
  pools(
    'routes that lead to each other',
    (i, seed) => `  - { name: r${i}, to: [{ route: r${i + 1} }, { pool: p, weight: ${seed} }] }\n`,
    'version: 1\npools: [{ name: p, servers: [{ address: a }] }]\nroutes:\n',
  ),
  pools('lists in lists', () => '[', 'version: 1\npools: '),
  pools(
    'aliases of aliases',
    (i) => `x${i}: &x${i} [${`*x${Math.max(0, i - 1)},`.repeat(i === 0 ? 0 : 9)}1]\n`,
    'version: 1\n',
    'pools: *x9\n',
  ),
  pools(
    'many matches',
    (i, seed) => `      - { when: 'path /${i}', to: { pool: ${seed === 1 ? 'p' : 'q'} } }\n`,
    'version: 1\npools: [{ name: p, servers: [{ address: a }] }, { name: q, servers: [{ address: b }] }]\nentries:\n  - name: e\n    matches:\n',
  ),
  traefik(
    'many routers and services',
    (i, seed) => `    s${i}: { loadBalancer: { servers: [{ url: "http://10.0.0.${(i + seed) % 250}" }] } }\n`,
    'http:\n  services:\n',
  ),
  traefik(
    'many routers',
    (i, seed) => `    r${i}: { rule: 'Path(\`/${i}\`)', service: s, priority: ${i + seed} }\n`,
    'http:\n  services:\n    s: { loadBalancer: { servers: [{ url: "http://a" }] } }\n  routers:\n',
  ),
  traefik(
    'one long rule',
    (i, seed) => ` || (Path(\`/${i}\`) && !Host(\`${seed}\`))`,
    `http:\n  services:\n    s: { loadBalancer: { servers: [{ url: "http://a" }] } }\n  routers:\n    r: { service: s, rule: 'Path(\`/\`)`,
    "' }\n",
  ),
  shape(
    'keepalived: many servers',
    'keepalived.conf',
    (i, seed) => ` real_server 10.0.${i % 250}.1 ${i} {\n weight ${seed}\n TCP_CHECK {\n }\n }\n`,
    'virtual_server 10.0.0.1 80 {\n',
    '}\n',
  ),
  shape('keepalived: blocks in blocks', 'keepalived.conf', () => 'a {\n', 'virtual_server 10.0.0.1 80 {\n'),
  shape(
    'toml: tables in tables',
    'dynamic.toml',
    (i) => `[http.services.s${i}.loadBalancer]\n[[http.services.s${i}.loadBalancer.servers]]\nurl = "http://a"\n`,
  ),
];
