import neutralSchema from '../../schemas/neutral.schema.json' with { type: 'json' };
import { plain } from '../../src/text/say.ts';
import { MAX_SCHEMA_FAULTS, pathName, SchemaCheck } from '../../src/text/schema-errors.ts';
import { SourceFile } from '../../src/text/source.ts';
import { readYaml } from '../../src/text/yaml-tree.ts';
import { cpuMs } from '../support/cpu.ts';

const neutral = new SchemaCheck(neutralSchema);

/** `line:column path | what | fix` of every fault. */
function faults(text: string, check = neutral): string[] {
  const source = new SourceFile('lb.yml', text);
  return readYaml(source).documents.flatMap((root) =>
    check.faults(root).map((fault) => {
      const { line, column } = source.position(fault.at.start);
      return `${line}:${column} ${pathName(fault.path, root)} | ${plain(fault.what)} | ${plain(fault.fix)}`;
    }),
  );
}
const pool = (lines: string): string => `version: 1\npools:\n  - name: app\n    servers:\n      - address: a\n${lines}`;

const noServers = (more: string): string => `version: 1\npools:\n  - name: app\n    servers: []\n${more}`;

describe('neutral schema', () => {
  test('a sound file has no fault', () => {
    expect(faults(pool('        weight: 3\n'))).toEqual([]);
  });

  test.each([
    [
      'a typo in a key',
      '        wieght: 3\n',
      '6:9 pools[app].servers[0].wieght | pools[app].servers[0] has no key wieght | Rename it; did you mean weight?',
    ],
    [
      'a key far from all',
      '        zzzzzzzz: 3\n',
      '6:9 pools[app].servers[0].zzzzzzzz | pools[app].servers[0] has no key zzzzzzzz | Remove it; valid keys are name, address, port, weight, tier, priority, state, zone, locality, count, named, maxConnections, slowStart, stickyValue, id, hashedAs, tls, resolves, healthCheck, proxyHeader and 3 more.',
    ],
    [
      'a quoted number',
      '        weight: "3"\n',
      '6:17 pools[app].servers[0].weight | pools[app].servers[0].weight is the text 3, not a number | Remove the quotes: 3.',
    ],
    [
      'a number below its minimum',
      '        weight: -1\n',
      '6:17 pools[app].servers[0].weight | pools[app].servers[0].weight is -1 | Set a number of at least 0.',
    ],
    [
      'a number above its maximum',
      '        port: 70000\n',
      '6:15 pools[app].servers[0].port | pools[app].servers[0].port is 70000 | Set a number of at most 65,535.',
    ],
    [
      'a missing key',
      '      - weight: 3\n',
      '6:9 pools[app].servers[1] | pools[app].servers[1] has no address | Add address (IP, host name, or unix:/path; no port).',
    ],
    [
      'a YAML 1.1 boolean',
      '    dynamic: yes\n',
      '6:14 pools[app].dynamic | pools[app].dynamic is the text yes, not true or false | Set true: in YAML 1.2 yes is a text.',
    ],
    [
      'a word that is not listed',
      '    algorithm: round_robin\n',
      '6:16 pools[app].algorithm | pools[app].algorithm is round_robin, which is not one of its values | Set round-robin, or one of weighted-round-robin, least-connections',
    ],
    [
      'a duration without unit',
      '    slowStart: "30"\n',
      '6:16 pools[app].slowStart | pools[app].slowStart is 30, which has an invalid form | Number and unit',
    ],
    [
      'a number for a text',
      '    slowStart: 30\n',
      '6:16 pools[app].slowStart | pools[app].slowStart is the number 30, not a text | Add quotes: "30".',
    ],
    [
      'a choice of which a branch fits the type',
      '    expect: { split: wieghts }\n',
      '6:22 pools[app].expect.split | pools[app].expect.split is wieghts, which is not one of its values | Set weights, or one of even and capacity.',
    ],
    [
      'a fault inside a branch',
      '    expect: { split: { a: -1 } }\n',
      '6:27 pools[app].expect.split.a | pools[app].expect.split.a is -1 | Set a number of at least 0.',
    ],
    [
      'a choice of which no branch fits',
      '    expect: { split: 7 }\n',
      '6:22 pools[app].expect.split | pools[app].expect.split is the number 7, which is not one of its forms | Set one of: weights, even, capacity and a map.',
    ],
    [
      'a condition',
      '    stickiness: { type: cookie }\n',
      '6:17 pools[app].stickiness | pools[app].stickiness has no name | Add name',
    ],
    [
      'an empty value',
      '    name2:\n',
      '6:5 pools[app].name2 | pools[app] has no key name2 | Rename it; did you mean name?',
    ],
    [
      'equal items',
      '        identify: [a, b, a]\n',
      '6:19 pools[app].servers[0].identify | pools[app].servers[0].identify lists the same value twice: [0] and [2]',
    ],
  ])('%s', (_name, lines, expected) => {
    expect(faults(pool(lines))).toEqual([expect.stringContaining(expected)]);
  });

  test('the list of servers may be empty only in a dynamic pool', () => {
    expect(faults(noServers('    dynamic: true\n'))).toEqual([]);
    expect(faults(noServers(''))).toEqual([
      '4:14 pools[app].servers | pools[app].servers is empty | Set at least 1 entry.',
    ]);
  });

  test('a fault in an anchored value is shown once, where the value stands', () => {
    const text =
      'version: 1\npools:\n  - name: a\n    servers: &s\n      - address: x\n        wieght: 1\n  - name: b\n    servers: *s\n';
    expect(faults(text)).toEqual([
      '6:9 pools[a].servers[0].wieght | pools[a].servers[0] has no key wieght | Rename it; did you mean weight?',
    ]);
  });

  test('the root', () => {
    expect(faults('- 1\n')).toEqual(['1:1  | The document is a list, not a map | Set a map.']);
    expect(faults('version: 2\npools: []\n')).toEqual([
      '1:10 version | version is 2 | Set 1.',
      '2:8 pools | pools is empty | Set at least 1 entry.',
    ]);
  });

  test('a key named __proto__ is an unknown key', () => {
    expect(faults(pool('        __proto__: { weight: 3 }\n'))[0]).toContain('6:9 pools[app].servers[0].__proto__ | ');
  });

  test('a flood is cut, in the order of the text', () => {
    const servers = Array.from({ length: 3000 }, (_, i) => `      - { address: a${i}, wieght: 1, port: 0 }\n`).join('');
    const text = pool(servers);
    expect(cpuMs(() => expect(faults(text)).toHaveLength(MAX_SCHEMA_FAULTS))).toBeLessThan(20_000);
  });
});
