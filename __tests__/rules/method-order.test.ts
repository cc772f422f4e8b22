import { expect, test } from '@jest/globals';
import { RULES } from '../../src/rules/list.ts';
import { plain } from '../../src/text/say.ts';
import { changeOf, findings } from '../support/run-rules.ts';

const NGINX = `upstream feed {
  server 192.0.2.41:8000;
  server 192.0.2.42:8000;
  keepalive 8;
  least_conn;
}
server { listen 8080; location / { proxy_pass http://feed; } }
`;

/** Why the order of methods matters, as the rule says it for a declared version of nginx. */
function reasons(nginx?: string): readonly string[] {
  const versions = nginx === undefined ? {} : { nginx };
  return findings(RULES, changeOf('nginx', undefined, NGINX), { versions })
    .filter(({ rule }) => rule === 'method-order')
    .map(({ why }) => plain(why));
}

test('a method after keepalive matters to the versions of nginx that drop it, and is said of no other', () => {
  expect(reasons()).toEqual([expect.stringMatching(/^Before nginx 1\.30 this order drops keepalive/)]);
  expect(reasons('1.22.1')).toEqual([expect.stringMatching(/^nginx 1\.22\.1 warns .* drops keepalive/)]);
  expect(reasons('1.30.0')).toEqual([]);
  expect(reasons('1.31')).toEqual([]);
});
