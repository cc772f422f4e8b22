import { StatementTable } from '../../model/statement.ts';
import { rowMakers } from '../rows.ts';

/** Pages of the manual, https://httpd.apache.org/docs/2.4/. */
const manual = (module: string): string => `https://httpd.apache.org/docs/2.4/mod/${module}.html`;

const { read, harmless } = rowMakers(manual, { separator: ' ' });

/** What begins a directive, in lower case. */
export const TABLE = new StatementTable([
  harmless(
    'logging',
    'mod_log_config',
    'customlog errorlog loglevel logformat transferlog errorlogformat globallog cookielog browsermatch* setenvif* scriptlog',
  ),
  harmless(
    'headers of answers',
    'mod_headers',
    'header addtype addcharset addencoding adddefaultcharset defaulttype expires* servertokens serversignature serveradmin errordocument proxypassreverse proxypassreversecookiedomain proxypassreversecookiepath proxyhtml* traceenable fileetag',
  ),
  harmless('compression and caching', 'mod_deflate', 'setoutputfilter addoutputfilter* deflate* brotli* cache*'),
  harmless(
    'files that Apache answers with',
    'core',
    'directoryindex options allowoverride directory directorymatch files filesmatch indexoptions index* adddescription addicon* defaulticon readmename headername enablesendfile enablemmap accessfilename aliasmatch scriptalias* typesconfig mimemagicfile addhandler sethandler',
  ),
  harmless(
    'certificates and ciphers',
    'mod_ssl',
    'sslcertificate* sslprotocol sslciphersuite sslhonorcipherorder sslsession* sslcompression ssluse* sslstapling* sslrandomseed sslcacertificate* sslopensslconfcmd ssloptions sslpassphrasedialog sslcryptodevice sslproxyprotocol sslproxyciphersuite mddomain mdomain md*',
  ),
  harmless(
    'process',
    'core',
    'serverroot pidfile user group mutex defaultruntimedir loadmodule loadfile startservers minsparethreads maxsparethreads minspareservers maxspareservers threadlimit threadsperchild maxconnectionsperchild serverlimit coredumpdirectory keepalive keepalivetimeout maxkeepaliverequests hostnamelookups usecanonicalname usecanonicalphysicalport passenv setenv unsetenv proxystatus extendedstatus namevirtualhost limitrequestline limitrequestfields limitrequestfieldsize requestreadtimeout protocols h2*',
  ),
  read(
    'balancers',
    'mod_proxy',
    'servers algorithm stickiness check retries options timeouts limits',
    'proxy proxyset balancergrowth balancerinherit',
  ),
  read('servers', 'mod_proxy', 'servers check options timeouts stickiness', 'balancermember', true),
  read(
    'passes',
    'mod_proxy',
    'requests servers algorithm stickiness retries options',
    'proxypass proxypassmatch proxypassinherit',
    true,
  ),
  read('health checks', 'mod_proxy_hcheck', 'check', 'proxyhctemplate proxyhcexpr'),
  read('virtual servers', 'core', 'listen hosts requests entry', 'virtualhost'),
  read('hosts', 'core', 'hosts requests', 'servername serveralias', true),
  read('listeners', 'mpm_common', 'listen', 'listen sslengine'),
  read('sections', 'core', 'requests entry', 'location locationmatch if elseif else'),
  read('access', 'mod_authz_core', 'requests entry', 'require deny allow order'),
  read('rewrites', 'mod_rewrite', 'requests entry', 'rewriterule rewritecond rewriteengine'),
  read(
    'redirects',
    'mod_alias',
    'requests entry',
    'redirect redirectmatch redirectpermanent redirecttemp documentroot',
  ),
  read(
    'how requests are sent on',
    'mod_proxy',
    'entry timeouts options',
    'proxypreservehost proxyrequests sslproxyengine sslverifyclient limitrequestbody proxytimeout timeout',
  ),
  read('variables', 'core', 'servers requests options', 'define undefine'),
]);
