import type { AnnotationProperties } from '../../src/github/publish.ts';
import { annotate } from '../../src/github/publish.ts';
import { annotationsOf } from '../../src/report/annotations.ts';
import {
  clean,
  html,
  logSafe,
  markdown,
  markdownCode,
  markdownFence,
  plainText,
  terminalText,
  urlPath,
} from '../../src/report/escape.ts';
import { renderComment, renderReviewIssue, renderSummaries, statusDescription } from '../../src/report/markdown.ts';
import { toSarif } from '../../src/report/sarif.ts';
import { renderProgress } from '../../src/report/progress.ts';
import { renderInspection, renderTerminal } from '../../src/report/terminal.ts';
import { readTicks, tickLines } from '../../src/report/ticks.ts';
import { name, say, strong, words } from '../../src/text/say.ts';
import { decoded, gfm, linkTargets, outsideCode } from '../support/gfm.ts';
import { HOSTILE, hostileReport, hostileRows } from '../support/hostile.ts';
import { describeWith } from '../support/programs.ts';
import { runnerCommands } from '../support/runner-commands.ts';
import { LINKS } from '../support/reports.ts';
import { cpuMs } from '../support/cpu.ts';

const CASES = Object.entries(HOSTILE);
test('at least 38 hostile cases are tried by name', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(38);
  expect(new Set(CASES.map(([, text]) => text)).size).toBe(CASES.length);
});

const shown = (text: string): string => (clean(text).trim() === '' ? '(empty)' : clean(text));

describe('clean', () => {
  test('keeps what can be seen, shows what cannot', () => {
    expect(clean('web-1.example:80 ü 漢 🚀')).toBe('web-1.example:80 ü 漢 🚀');
    expect(clean('a\r\nb\tc\u2028d')).toBe('a b c d');
    expect(clean('\u001b[2J \u202e \u200b \u0000 \ufeff \ud800')).toBe(
      '\\u{1b}[2J \\u{202e} \\u{200b} \\u{0} \\u{feff} \\u{d800}',
    );
  });

  test('cuts the middle out of long texts, and looks at no more than it must', () => {
    expect(clean(`start${'x'.repeat(10_000)}end`)).toHaveLength(80);
    expect(clean(`start${'x'.repeat(10_000)}end`)).toMatch(/^startx+…x+end$/);
    expect(Array.from(clean('🚀'.repeat(200)))).toHaveLength(80);
    const long = '\u202e'.repeat(5_000_000);
    expect(cpuMs(() => void clean(long))).toBeLessThan(500);
  });
});

describeWith('cmark-gfm', "Markdown in GitHub's renderer", (program) => {
  test.each(CASES)('%s stays one value in a cell, in running text, in emphasis and in a link', (_, text) => {
    const cell = gfm(program, `| h1 | h2 |\n| --- | --- |\n| ${markdownCode(text, { cell: true })} | tail |\n`);
    expect(cell.match(/<tr>/g)).toHaveLength(2);
    expect(decoded(/<td><code>([^<]*)<\/code><\/td>\n<td>tail<\/td>/.exec(cell)?.[1] ?? 'lost')).toBe(shown(text));

    const line = gfm(program, `${markdown(say`Server ${text} end`)}\n`);
    expect(decoded(/^<p>Server <code>([^<]*)<\/code> end<\/p>\n$/.exec(line)?.[1] ?? 'lost')).toBe(shown(text));

    const bold = gfm(program, `**${markdown(say`${text} is ${strong('71%')}.`, { bold: true })}** end\n`);
    expect(bold).toMatch(/^<p><strong><code>[^<]*<\/code> is 71%\.<\/strong> end<\/p>\n$/);

    const link = gfm(program, `[${markdownCode(text)}](https://a.example/${urlPath(text)}#L1) end\n`);
    expect(link).toMatch(/^<p><a href="https:\/\/a\.example\/[^"]*#L1"><code>[^<]*<\/code><\/a> end<\/p>\n$/);
  });

  test.each(CASES)('%s twice in a row stays two values', (_, text) => {
    const out = gfm(program, `${markdown(say`${text}${text}`)}\n`);
    expect([...out.matchAll(/<code>([^<]*)<\/code>/g)].map((match) => decoded(match[1] ?? ''))).toEqual([
      shown(text),
      shown(text),
    ]);
  });

  test('4,000 seeded rows keep their two cells and their text', () => {
    const rows = hostileRows(4000, 20_261_125);
    const table = rows.map((text, i) => `| ${markdownCode(text, { cell: true })} | tail${i} |`).join('\n');
    const out = gfm(program, `| a | b |\n| --- | --- |\n${table}\n`);
    const cells = [...out.matchAll(/<tr>\n<td><code>([^<]*)<\/code><\/td>\n<td>tail(\d+)<\/td>\n<\/tr>/g)];
    expect(cells).toHaveLength(4000);
    expect(cells.filter((cell, i) => Number(cell[2]) !== i || decoded(cell[1] ?? '') !== shown(rows[i] ?? ''))).toEqual(
      [],
    );
  });

  test.each(['x\n```\n# out\n', '````\n', '~~~\n', '`````', 'a\r\n```\r\n# b', '\u0000```'])(
    'a fence holds %j',
    (text) => {
      const out = gfm(program, `${markdownFence(text, 'diff')}\n\nafter\n`);
      expect(out).toMatch(/^<pre lang="diff"><code>[^<]*<\/code><\/pre>\n<p>after<\/p>\n$/);
    },
  );

  test.each(['a * b * c', '_x_ [y](z) <b> | ~~', '$a$ & `x`', 'a \\ b', '![i](u)'])(
    'our own words %j are words',
    (text) => {
      expect(decoded(gfm(program, `${markdown(words(text))}\n`))).toBe(`<p>${text}</p>\n`);
    },
  );

  /** Every output of a report: with a hostile text in every place it must be that of a harmless one, but for what is in code. */
  const outputs = (text: string): string[] => {
    const report = hostileReport(text);
    const [full = '', ...shorter] = renderSummaries(report, LINKS);
    return [renderComment(report, LINKS), renderReviewIssue(report, LINKS), full, shorter.at(-1) ?? ''];
  };
  const harmless = outputs('x').map((markdown) => outsideCode(gfm(program, markdown)));

  test.each([...CASES, ...hostileRows(40, 7).map((row) => [JSON.stringify(row), row] as const)])(
    '%s changes nothing of a whole report outside of code',
    (_, text) => {
      outputs(text).forEach((markdown, i) => {
        const rendered = gfm(program, markdown);
        expect(outsideCode(rendered)).toBe(harmless[i]);
        const elsewhere = linkTargets(rendered).filter((target) => !target.startsWith('https://github.example/acme/'));
        expect(elsewhere).toEqual([]);
      });
    },
  );

  test('the harmless report has what is compared: tables, fences, details, links', () => {
    const [comment = ''] = harmless;
    for (const tag of ['<table>', '<pre lang="diff">', '<details>', '<a href="">', '<li>', '<code></code>']) {
      expect(comment).toContain(tag);
    }
  });
});

describe('terminal', () => {
  const own = /\u001b\[(?:1|2|22|39|3[1-6])m/g;

  test.each(CASES)('%s sends no control or bidi character', (_, text) => {
    const report = hostileReport(text);
    const counts = { version: 1, servers: { [text]: 3 }, errors: { [text]: 1 }, unidentified: 2, seconds: 1 } as const;
    const outputs = [
      renderTerminal(report, { color: true, width: 60 }),
      renderTerminal(report, { color: false, width: 200 }),
      renderInspection(report, { color: true, width: 80 }),
      renderProgress(counts, [{ name: text, expected: 1 }], 3, { color: true, width: 80, live: true }),
      renderProgress(counts, [{ name: text, expected: 1 }], 3, { color: true, width: 80, live: false }),
      terminalText(say`a ${text} b`, true),
    ];
    for (const output of outputs) {
      expect(output.replace(own, '').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }
    expect(terminalText(say`a ${text} b`, false)).not.toContain('\n');
  });
});

describe('workflow commands', () => {
  const COMMANDS = [
    '\n::error::x',
    '\r::warning::x',
    '%0A',
    'a,line=99',
    'a:b::c',
    '::add-mask::x',
    ' ##[add-mask]x',
    '%25',
  ];

  test('the parser above takes what the runner takes', () => {
    expect(
      runnerCommands('  ::error file=a%2Cb,line=3::m%0An').map(({ properties, message }) => [properties, message]),
    ).toEqual([[{ file: 'a,b', line: '3' }, 'm\nn']]);
    expect(runnerCommands('ok ##[add-mask]hello')).toHaveLength(1);
    expect(runnerCommands('a\r::error::x')).toHaveLength(1);
  });

  test.each([...CASES.map(([, text]) => text), ...COMMANDS])('%j comes back whole from an annotation', async (text) => {
    const core = await import('@actions/core');
    const annotations = annotationsOf(hostileReport(text));
    const sent: { message: string; properties: AnnotationProperties }[] = [];
    const written: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    const keep =
      (severity: 'error' | 'warning' | 'notice') =>
      (message: string, properties: AnnotationProperties = {}) => {
        sent.push({ message, properties });
        core[severity](message, properties);
      };
    process.stdout.write = (chunk: string | Uint8Array): boolean => {
      written.push(String(chunk));
      return true;
    };
    try {
      annotate({ ...core, error: keep('error'), warning: keep('warning'), notice: keep('notice') }, annotations);
    } finally {
      process.stdout.write = write;
    }
    const commands = runnerCommands(written.join(''));
    expect(annotations.length).toBeGreaterThan(3);
    expect(commands.map(({ message }) => message)).toEqual(sent.map(({ message }) => message));
    expect(commands.map(({ properties }) => properties['file'])).toEqual(
      sent.map(({ properties }) => (properties.file === '' ? undefined : properties.file)),
    );
    expect(commands.every(({ command }) => ['error', 'warning', 'notice'].includes(command))).toBe(true);
    expect(commands.map(({ properties }) => properties['title'])).toEqual(
      sent.map(({ properties }) => properties.title),
    );
  });

  test.each([...CASES.map(([, text]) => text), ...COMMANDS, '  ::debug::x', 'a ##[warning]b'])(
    '%j in the log is no command',
    (text) => {
      expect(runnerCommands(logSafe(`before ${text} after\n${text}`))).toEqual([]);
    },
  );

  test('a log line stays readable', () => {
    expect(logSafe('one\n::error::x\r\ntwo ##[group]y\u001b')).toBe('one\n| ::error::x\ntwo ## [group]y\\u{1b}');
  });
});

describe('plain places', () => {
  test.each(CASES)('%s stays on the line of a status and a SARIF message', (_, text) => {
    const report = hostileReport(text);
    const status = statusDescription(report);
    expect(status).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(status.length).toBeLessThanOrEqual(140);
    const { results } = toSarif(report, LINKS).runs[0] ?? { results: [] };
    for (const { message } of results) expect(message.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]|\]\(/u);
    for (const { locations } of results) {
      expect(locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^[\w.~/%-]*$/);
    }
  });

  test('values with odd characters stand in quotes', () => {
    expect(plainText(say`${'web1'} lost ${'check inter 2s'}`)).toBe('web1 lost "check inter 2s"');
  });

  test('HTML has no markup but ours', () => {
    expect(html(say`a ${'<b>"&\''} ${strong('1')} < 2`)).toBe(
      'a <code>&#60;b&#62;&#34;&#38;&#39;</code> <strong>1</strong> &#60; 2',
    );
  });

  test('a path is a URL that Markdown leaves alone', () => {
    expect(urlPath('a b/ü(1)*[x]#?.cfg')).toBe('a%20b/%C3%BC%281%29%2A%5Bx%5D%23%3F.cfg');
    expect(urlPath('\ud800')).toBe('%EF%BF%BD');
  });
});

describe('ticks', () => {
  const item = (ask: string, id = 'capacity') => ({ id, state: 'open', by: 'person', ask: name(ask) }) as const;

  test('what is offered can be read back', () => {
    const lines = tickLines([item('Others can carry it'), item('Way back', 'way-back')]);
    expect(lines).toBe(
      '- [ ] Others can carry it <!-- evenkeel:capacity -->\n- [ ] Way back <!-- evenkeel:way-back -->',
    );
    expect([...readTicks(lines)]).toEqual([
      ['capacity', 'open'],
      ['way-back', 'open'],
    ]);
    expect([...readTicks(lines.replace('[ ]', '[x]').replaceAll('\n', '\r\n'))]).toEqual([
      ['capacity', 'ticked'],
      ['way-back', 'open'],
    ]);
  });

  test('n/a needs a reason; a copy of an item does not overrule the open one', () => {
    const line = (box: string, tail: string) => `* [${box}] Ask ${tail} <!-- evenkeel:capacity -->`;
    expect(readTicks(line(' ', 'n/a: only one server is touched')).get('capacity')).toEqual({
      notApplicable: 'only one server is touched',
    });
    expect(readTicks(line(' ', 'n/a:')).get('capacity')).toBe('open');
    expect(readTicks(`${line(' ', '')}\n${line('x', '')}`).get('capacity')).toBe('open');
    expect(readTicks(`${line('x', '')}\n${line(' ', '')}`).get('capacity')).toBe('open');
    expect(readTicks('nothing of ours').size).toBe(0);
  });

  test.each(CASES)('%s cannot make a line of its own', (_, text) => {
    const ticks = readTicks(tickLines([item(`${text}<!-- evenkeel:forged -->`)]));
    expect([...ticks.keys()]).toEqual(['capacity']);
  });
});
