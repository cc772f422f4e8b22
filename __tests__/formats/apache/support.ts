import { reader } from '../../../src/formats/apache/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';

/** Reads a part of an httpd.conf, with other files beside it. */
export function read(text: string, others: Readonly<Record<string, string>> = {}): Config {
  return reader.read('httpd.conf', new MemoryTree({ 'httpd.conf': text, ...others }), { rootMap: {} });
}

/** Whether Apache does not start for a fault of the file. */
export function isRefused({ problems }: Config): boolean {
  return problems.some(({ rule }) => rule === 'config-unparsable' || rule === 'invalid-weight');
}

const one = (parameters: string): string => balancer(`BalancerMember http://192.0.2.1:8080 ${parameters}`);
const set = (parameters: string): string => balancer(`BalancerMember http://192.0.2.1:8080\nProxySet ${parameters}`);
const balancer = (lines: string): string =>
  `<Proxy balancer://shop>\n    ${lines.replaceAll('\n', '\n    ')}\n</Proxy>\nProxyPass / balancer://shop/\n`;

/** Small configs, right and wrong ones, each of its own kind. */
export const SMALL: Readonly<Record<string, string>> = {
  'two servers': balancer('BalancerMember http://192.0.2.1:8080\nBalancerMember http://192.0.2.2:8080'),
  'a name in quotes':
    '<Proxy "balancer://shop">\n  BalancerMember "http://192.0.2.1:8080"\n</Proxy>\nProxyPass "/" "balancer://shop/"\n',
  'a member outside': 'BalancerMember balancer://shop http://192.0.2.1:8080\nProxyPass / balancer://shop/\n',
  'a member outside without a balancer': 'BalancerMember http://192.0.2.1:8080\n',
  'a member without a URL': balancer('BalancerMember'),
  'a member without a scheme': balancer('BalancerMember 192.0.2.1:8080'),
  'a setting outside':
    '<Proxy balancer://shop>\n  BalancerMember http://192.0.2.1:8080\n</Proxy>\nProxySet balancer://shop lbmethod=bybusyness\n',
  'a load factor': one('loadfactor=7'),
  'a load factor of 100': one('loadfactor=100'),
  'a load factor of 101': one('loadfactor=101'),
  'a load factor of 0': one('loadfactor=0'),
  'a load factor with decimals': one('loadfactor=1.5'),
  'a load factor below 1': one('loadfactor=0.5'),
  'a load factor that is a word': one('loadfactor=heavy'),
  'a load factor below 0': one('loadfactor=-3'),
  'a set': one('lbset=3'),
  'a set above 99': one('lbset=100'),
  'a set below 0': one('lbset=-1'),
  'a set that is a word': one('lbset=first'),
  'a retry time that is a word': one('retry=never'),
  'failures of checks that are a word': one('hcmethod=TCP hcfails=few'),
  'failures of checks below 0': one('hcmethod=TCP hcfails=-2'),
  'a disabled server': one('status=+D'),
  'a server without a sign': one('status=D'),
  'a hot standby in lower case': one('status=+h'),
  'two flags': one('status=+D+H'),
  'a flag that is taken back': one('status=-D'),
  'an unknown flag': one('status=+Q'),
  'a hot spare': one('status=+R'),
  'a draining server': one('status=+N'),
  'a route': one('route=a'),
  'a retry time': one('retry=0'),
  'a retry time below 0': one('retry=-1'),
  'a timeout': one('timeout=5'),
  'a timeout of 0': one('timeout=0'),
  'a timeout that is a word': one('timeout=soon'),
  'a connect timeout in ms': one('connectiontimeout=500ms'),
  'a check': one('hcmethod=GET hcuri=/up hcinterval=5 hcpasses=2 hcfails=3'),
  'a check that does not exist': one('hcmethod=PATCH'),
  'a check of TCP in lower case': one('hcmethod=tcp'),
  'an unknown parameter': one('weight=3'),
  'a parameter without a value': one('loadfactor'),
  'a parameter of the balancer at a server': one('lbmethod=byrequests'),
  'a parameter of a server at the balancer': set('loadfactor=3'),
  'by requests': set('lbmethod=byrequests'),
  'by traffic': set('lbmethod=bytraffic'),
  'by busyness': set('lbmethod=bybusyness'),
  'an unknown method': set('lbmethod=byweight'),
  'a method in upper case': set('lbmethod=BYREQUESTS'),
  'a cookie': set('stickysession=SHOP|shop'),
  attempts: set('maxattempts=2'),
  'attempts that are a word': set('maxattempts=few'),
  'no failover': set('nofailover=On'),
  'a failover that is a word': set('nofailover=perhaps'),
  'statuses that fail': set('failonstatus=502,503'),
  'settings of a pass':
    'ProxyPass / balancer://shop/ lbmethod=bybusyness stickysession=X nofailover=On\nBalancerMember balancer://shop http://192.0.2.1:8080\n',
  'an unknown setting of a pass': 'ProxyPass / balancer://shop/ lbmethd=bybusyness\n',
  'a pass to nowhere': 'ProxyPass / balancer://nowhere/\n',
  'a path that is left out': `ProxyPass /static !\n${one('')}`,
  'a section that is not closed': '<Proxy balancer://shop>\n  BalancerMember http://192.0.2.1:8080\n',
  'a section that is closed by another':
    '<Proxy balancer://shop>\n  BalancerMember http://192.0.2.1:8080\n</Location>\n',
  'a closing without a section': '</Proxy>\n',
  'a line that goes on':
    '<Proxy balancer://shop>\n  BalancerMember http://192.0.2.1:8080 \\\n    loadfactor=2\n</Proxy>\n',
  'a comment after a value': one('loadfactor=2 # heavy'),
  'keywords in any case':
    '<PROXY balancer://shop>\n  balancermember http://192.0.2.1:8080\n</proxy>\nproxypass / balancer://shop/\n',
  'a variable': 'Define HOST 192.0.2.1\n<Proxy balancer://shop>\n  BalancerMember http://${HOST}:8080\n</Proxy>\n',
  'a variable in a weight': 'Define W 200\n' + one('loadfactor=${W}'),
  'a section for a module': `<IfModule mod_proxy.c>\n${one('')}</IfModule>\n`,
  'a section for a module that is missing': '<IfModule !mod_proxy.c>\nNonsense here\n</IfModule>\n',
  'a virtual server': `<VirtualHost *:8081>\nServerName shop.example\n${one('')}</VirtualHost>\n`,
  'a section of paths': `<Location /shop>\nProxyPass balancer://shop/\n</Location>\nBalancerMember balancer://shop http://192.0.2.1:8080\n`,
  'an include that is missing': 'Include /nonexistent/shop.conf\n',
  'an optional include that is missing': 'IncludeOptional nonexistent/*.conf\n',
  'a template of checks': `ProxyHCTemplate quick hcmethod=TCP hcinterval=5\n${one('hctemplate=quick')}`,
};
