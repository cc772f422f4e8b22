import type { Request } from '../compare/request.ts';
import { followRequest } from '../compare/request-flow.ts';
import { InputError } from '../model/tree.ts';
import { renderRoute, routeDocument } from '../report/route.ts';
import { RULES } from '../rules/list.ts';
import { readInputs } from '../settings/inputs.ts';
import { loadSettings } from '../settings/load.ts';
import { isIpAddress } from '../text/networks.ts';
import { plain } from '../text/say.ts';
import { readEstate } from '../verify/read.ts';
import type { Flags, Io } from './io.ts';
import { openJob } from './job.ts';

/** route: where a request goes, by the configs alone. Resolves with the exit code 0; throws InputError. */
export function runRoute(url: string, files: readonly string[], flags: Flags, io: Io): number {
  const request = requestOf(url, flags);
  const inputs = readInputs(
    (name) =>
      name === 'config' ? files.join('\n') : name === 'base' || name === 'checklist' ? String(flags[name] ?? '') : '',
    (name) => (name === 'config' ? 'The file' : `--${name}`),
  );
  const today = new Date().toISOString().slice(0, 10);
  const job = openJob({ inputs, all: false, measure: {}, cwd: process.cwd(), today });
  const { settings } = loadSettings({ ...job, trusted: undefined }, RULES);
  const { configs, inputs: read } = readEstate(job.head, settings);
  const refused = read.find(({ status }) => status === 'refused');
  if (refused !== undefined || configs.length === 0)
    throw new InputError(refused?.reason ? `${plain(refused.reason)}.` : 'No file has a config; name one that has.');
  const report = {
    request,
    head: followRequest(request, configs),
    // Without the files there was nobody to ask.
    base: job.base && followRequest(request, readEstate(job.base, settings).configs),
  };
  io.out(flags['json'] === true ? JSON.stringify(routeDocument(report), null, 2) : renderRoute(report, io.mode));
  return 0;
}

function requestOf(text: string, flags: Flags): Request {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new InputError(`${JSON.stringify(text)} is not a URL; set one such as https://shop.example/cart.`);
  const method = typeof flags['method'] === 'string' ? flags['method'].toUpperCase() : 'GET';
  if (!/^[A-Z]{1,32}$/.test(method))
    throw new InputError(`--method is ${JSON.stringify(method)}; set one such as POST.`);
  const address = typeof flags['ip'] === 'string' ? flags['ip'] : undefined;
  if (address !== undefined && !isIpAddress(address))
    throw new InputError(`--ip is ${JSON.stringify(address)}; set the IP address of a client.`);
  return { url, method, headers: headersOf([flags['header'] ?? []].flat().map(String)), address };
}

/** `Name: value`; without a value the request has no such header. */
function headersOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const [, name, value = ''] = /^([!#$%&'*+.^`|~\w-]+):\s*(.*?)\s*$/s.exec(line) ?? [];
      if (name === undefined) throw new InputError(`--header is ${JSON.stringify(line)}; set "Name: value".`);
      return [name.toLowerCase(), value] as const;
    }),
  );
}
