import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plain } from '../../../src/text/say.ts';
import { findProgram, RECIPES } from '../../support/real/products.ts';
import { describeReal } from '../../support/real-servers.ts';
import { isRefused, read, SMALL } from './support.ts';

/** Where the two differ, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'an include that is missing': 'the file may be there where Apache runs, so it is unread here and no fault',
};

describeReal('apache', 'what Apache itself makes of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-apache-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const program = findProgram(RECIPES.apache.programs) ?? '';
  const accepts = (text: string): { readonly ok: boolean; readonly out: string } => {
    RECIPES.apache.write(folder, `Listen 127.0.0.1:8081\n${text}`, 0);
    const { status, stderr } = spawnSync(program, ['-t', '-f', join(folder, 'httpd.conf')], { encoding: 'utf8' });
    return { ok: status === 0, out: stderr };
  };

  test.each(Object.entries(SMALL))('accepts or refuses as Apache does: %s', (name, text) => {
    const { ok, out } = accepts(text);
    const config = read(text);
    const ours = isRefused(config) ? 'refused' : 'accepted';
    const theirs = ok ? 'accepted' : 'refused';
    const says = [config.problems.map(({ what }) => plain(what)).join(' '), ok ? '' : out];
    if (DIFFERENT[name] === undefined) expect([ours, ...says]).toEqual([theirs, ...says]);
    else expect([ours, ...says]).not.toEqual([theirs, ...says]);
  });

  test('the files are of more than 60 kinds, right and wrong ones', () => {
    expect(Object.keys(SMALL).length).toBeGreaterThanOrEqual(60);
    expect(Object.values(SMALL).filter((text) => isRefused(read(text))).length).toBeGreaterThan(20);
  });
});
