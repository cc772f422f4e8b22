import { makeJudge } from '../../src/evidence/judge.ts';
import { plain, say } from '../../src/text/say.ts';
import { candidate, equal, expectation, judgeCounts, measure, OBSERVED, TERMS } from './measure.ts';

const third = equal(3);
const unlisted = expectation([], { kind: 'unlisted', pool: null, dialect: null, guard: true });

describe('verdict 1: what is expected', () => {
  it('passes an even split', () => {
    const { measurement, reason, requests } = measure(expectation(third), { shares: third });
    expect(measurement.outcome).toBe('pass');
    expect(reason).toBe('even within 25% of each share');
    expect(measurement.tolerance).toBe('25%');
    expect(measurement.explanations).toEqual([]);
    expect(requests).toBeLessThan(2000);
  });

  it('passes a declared split as declared', () => {
    const declared = expectation([0.6, 0.2, 0.2], { declared: true });
    expect(measure(declared, { shares: [0.6, 0.2, 0.2] }).reason).toBe('as declared, within 25% of each share');
  });

  it('fails a wrong weight that is faithfully served, with its line', () => {
    const wrong = expectation(third, { candidates: [candidate('configured-weights', [0.6, 0.2, 0.2])] });
    const { measurement, cause, story, reason } = measure(wrong, { shares: [0.6, 0.2, 0.2] }, TERMS, 3);
    expect(measurement.outcome).toBe('fail');
    expect(reason).toMatch(/^web1 answers \d\d% of the requests; 33% expected\.$/);
    expect(cause).toBe('configured-weights');
    expect(story).toContain('haproxy.cfg:2');
    expect(story).toContain('server web1 10.0.0.1:80 weight 30');
    expect(story).toContain('Do not roll back the application');
    expect(story).toContain('haproxy -c -f haproxy.cfg && systemctl reload haproxy');
  });
});

describe('verdict 2: errors', () => {
  it('fails as soon as the rate is proved', () => {
    const { measurement, reason, requests, notes } = measure(expectation(third), {
      shares: third,
      errors: [0, 0.3, 0],
    });
    expect(measurement.outcome).toBe('fail');
    expect(reason).toMatch(/^errors \d+%, limit 1%: \d+ 5xx of web2 in \d+ requests\.$/);
    expect(requests).toBeLessThan(400);
    expect(notes).toContain('web2 fails more than the others');
  });

  it('goes on to the last request when the rate stays doubtful, and does not pass', () => {
    const { measurement, reason, requests } = measure(expectation(third), {
      shares: third,
      errors: [0.012, 0.012, 0.012],
    });
    expect(requests).toBe(6000);
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toMatch(/^errors 1\.\d%, limit 1%: not settled$/);
  });

  it('passes with an error or two, and says so', () => {
    const { measurement, notes } = judgeCounts(expectation(third), {
      servers: { web1: 700, web2: 700, web3: 700 },
      errors: { web1: 2 },
    });
    expect(measurement.outcome).toBe('pass');
    expect(notes).toContain('errors 0.1%: 2 of 2,102 requests'.replace('2,102', '2,100'));
  });

  it('allows none when the limit is 0', () => {
    const { measurement } = judgeCounts(
      expectation(third),
      { servers: { web1: 700, web2: 700, web3: 700 }, errors: { web1: 1 } },
      { ...TERMS, maxErrors: 0 },
    );
    expect(measurement.outcome).toBe('fail');
  });

  it('fails a dead unchecked server: balanced counts beside anonymous 503', () => {
    const { measurement, cause, story, reason } = measure(expectation(third), { shares: [0.5, 0.5, 0], lost: 1 / 3 });
    expect(measurement.outcome).toBe('fail');
    expect(cause).toBe('server-down');
    expect(story).toContain('web3');
    expect(reason).toMatch(/^errors 3\d%, limit 1%/);
  });

  it('fails a target where nothing answers', () => {
    const judge = makeJudge(expectation(third), TERMS);
    const counts = { version: 1 as const, servers: {}, failed: { refused: 3 } };
    const { outcome, explanations } = judge.conclude(counts, { ...OBSERVED, down: true });
    expect([outcome, explanations[0]?.cause]).toEqual(['fail', 'target-down']);
  });

  it('is inconclusive when our own side failed, and when nothing was measured', () => {
    const judge = makeJudge(expectation(third), TERMS);
    const counts = { version: 1 as const, servers: {} };
    const obstacle = say`app.example.com does not resolve`;
    expect(judge.conclude(counts, { ...OBSERVED, obstacle })).toMatchObject({
      outcome: 'inconclusive',
      reason: obstacle,
    });
    expect(judge.conclude(counts, OBSERVED).outcome).toBe('inconclusive');
  });

  it('is inconclusive, early, when answers do not tell their server', () => {
    const { measurement, reason, requests } = measure(expectation(third), { shares: third, anonymous: 1 });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toContain('identify-by');
    expect(requests).toBeLessThan(100);
    expect(judgeCounts(expectation(third), { servers: { web1: 50 }, cached: 40 }).reason).toContain('cache or CDN');
  });
});

describe('verdict 3: tolerance', () => {
  it('names a server too small to be missed, and still sees too much of it', () => {
    const shares = [0.4995, 0.4995, 0.001];
    const small = expectation(shares, { declared: true });
    const { measurement, notes } = measure(small, { shares });
    expect(measurement.outcome).toBe('pass');
    expect(notes).toMatch(/web3 \(0\.1%\): too small to be missed in 6,000 requests, seen \d+ times?/);
    expect(measure(small, { shares: [0.45, 0.45, 0.1] }).measurement.outcome).toBe('fail');
  });

  it('never calls a dead server even', () => {
    const wide = { ...TERMS, tolerance: { kind: 'points', points: 0.5 } } as const;
    const { measurement, reason } = measure(expectation(equal(5)), { shares: [0.25, 0.25, 0.25, 0.25, 0] }, wide);
    expect(measurement.outcome).toBe('fail');
    expect(reason).toMatch(/^web5 answers none of \d+ requests; 20% expected\.$/);
    expect(measurement.tolerance).toBe('50pp');
  });
});

describe('verdict 4: budget', () => {
  it('is inconclusive when the budget does not settle it, and says what is open', () => {
    const { measurement, reason } = measure(expectation(third), { shares: third }, { ...TERMS, maxRequests: 150 });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toMatch(
      /^not settled in 150 requests: web\d answers \d\d% \(\d\d% to \d\d%\), the limit is \d\d%\./,
    );
  });
});

describe('verdict 5: load-dependent pools', () => {
  const load = expectation([null, null, null], { kind: 'load-dependent', reason: say`shares follow load here` });

  it('passes any shares once every server answers, and says first that they are uneven', () => {
    const { measurement, reason, requests } = measure(load, { shares: [0.8, 0.15, 0.05] });
    expect(measurement.outcome).toBe('pass');
    expect(reason).toMatch(
      /^web1 answers \d\d% of the requests; 33% expected\. This uneven split is accepted because shares follow load here; every server answers$/,
    );
    expect(measure(load, { shares: third }).reason).toBe('every server answers; shares follow load here');
    expect(measurement.tolerance).toBeNull();
    expect(requests).toBeGreaterThanOrEqual(100);
  });

  it('fails when a server stays silent', () => {
    const { measurement, reason, cause } = measure(load, { shares: [0.6, 0.4, 0] });
    expect([measurement.outcome, cause]).toEqual(['fail', 'server-down']);
    expect(reason).toMatch(/^web3 answered none of [\d,]+ requests: down, or full of long-lived connections\.$/);
  });

  it('does not say that the others share the traffic when requests are lost', () => {
    const lost = { servers: { web1: 120, web2: 100 }, failed: { timeout: 60 } };
    const { measurement, reason, story } = judgeCounts(load, lost);
    expect(measurement.outcome).toBe('fail');
    expect(reason).toMatch(/^errors 21%, limit 1%: 60 timeout in 280 requests\. web3 answered none of 280 requests/);
    expect(story).toMatch(/^web3 is down or drops what it gets, but still in rotation: 60 requests failed, 21%/);
  });

  it('fails a black hole: high share, errors, quick answers', () => {
    const { measurement, cause, story } = measure(load, {
      shares: [0.8, 0.1, 0.1],
      errors: [0.9, 0, 0],
      latencyMs: [2, 60, 60],
    });
    expect([measurement.outcome, cause]).toEqual(['fail', 'black-hole']);
    expect(story).toContain('web1');
  });

  it('names the file that lists a server which must not answer', () => {
    const removed = { ...load, candidates: [candidate('old-file-loaded', [0.25, 0.25, 0.25, 0.25])] };
    const { measurement, cause } = measure(removed, { shares: equal(4), strangers: ['web4'] }, TERMS, 2);
    expect([measurement.outcome, cause]).toEqual(['fail', 'old-file-loaded']);
  });
});

describe('verdict 6: keys', () => {
  it('is inconclusive soon when one client cannot see the split', () => {
    const hash = expectation([null, null], {
      kind: 'one-client',
      reason: say`balance source sends one address to one server.`,
    });
    const { measurement, reason, requests } = measure(hash, { shares: [1, 0] });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toBe('balance source sends one address to one server.');
    // Enough for errors to show, in a file that is judged together with those of others.
    expect(requests).toBe(30);
    const unexplained = expectation([null, null], { kind: 'one-client' });
    expect(measure(unexplained, { shares: [1, 0] }).reason).toContain('several runners');
  });
});

describe('verdict 7: independence', () => {
  const guarded = expectation(third, { guard: true });

  it('does not fail sticky traffic whose long-run shares are right', () => {
    const { measurement, reason, cause } = measure(guarded, { shares: third, sticky: 0.95 });
    expect(measurement.outcome).toBe('inconclusive');
    expect(measurement.independent).toBe(false);
    expect(reason).toContain('not independent');
    expect(cause).toBe('sticky-in-front');
    expect(measurement.indistinguishable).toEqual(['l4-pinned']);
  });

  it('does not wait for a second server when one has answered a hundred times', () => {
    const { measurement, reason, requests } = measure(guarded, { shares: [1, 0, 0] });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toContain('not independent');
    expect(requests).toBeLessThanOrEqual(105);
  });

  it('still finds a real skew', () => {
    const { measurement } = measure(guarded, { shares: [0.6, 0.2, 0.2] });
    expect([measurement.outcome, measurement.independent]).toEqual(['fail', true]);
  });

  it('judges counts without order, and says so', () => {
    const { measurement, notes } = judgeCounts(guarded, { servers: { web1: 600, web2: 200, web3: 200 } });
    expect([measurement.outcome, measurement.independent]).toEqual(['fail', null]);
    expect(notes).toContain('the order of the answers is not known');
  });

  it('gives both readings of all on one', () => {
    const { cause, story } = measure(expectation(third), { shares: [1, 0, 0] });
    expect(cause).toBe('all-on-one');
    expect(story).toContain('stickiness in front');
  });
});

describe('verdict 8: causes', () => {
  const old = candidate('old-file-loaded', [0.2, 0.2, 0.6]);
  const declared = expectation([0.5, 0.2, 0.3], {
    declared: true,
    candidates: [old, candidate('equal-split', third), candidate('older-file-loaded', [0.2, 0.5, 0.3], false)],
  });
  const even = expectation(third, { candidates: [old] });

  it.each([
    ['old-file-loaded', even, [0.2, 0.2, 0.6]],
    ['server-down', even, [0.5, 0, 0.5]],
    ['all-on-one', even, [0, 1, 0]],
    ['runtime-weight', even, [0.1, 0.45, 0.45]],
    ['runtime-weight', expectation(third), [25 / 27, 1 / 27, 1 / 27]],
    ['runtime-weight', even, [0.25, 0.5, 0.25]],
    [
      'configured-weights',
      expectation(equal(2), { candidates: [candidate('configured-weights', [0.7, 0.3])] }),
      [0.7, 0.3],
    ],
    [
      'old-file-loaded',
      expectation(equal(2), { candidates: [candidate('old-file-loaded', [5 / 7, 2 / 7])] }),
      [5 / 7, 2 / 7],
    ],
    ['runtime-weight', expectation(equal(2)), [0.3, 0.7]],
    ['equal-split', declared, third],
    ['older-file-loaded', declared, [0.2, 0.5, 0.3]],
    ['mixed-generations', declared, [0.35, 0.2, 0.45]],
  ] as const)('names %s, or none: wrong in at most 1 of 20 measurements', (expected, from, shares) => {
    const causes = Array.from({ length: 20 }, (_, seed) => measure(from, { shares }, TERMS, seed + 1).cause);
    const right = causes.filter((cause) => cause === expected).length;
    const none = causes.filter((cause) => cause === 'none-fits').length;
    expect(20 - right - none).toBeLessThanOrEqual(1);
    expect(right).toBeGreaterThanOrEqual(10);
    console.log(`${expected}: named in ${right} of 20, no cause in ${none}, another in ${20 - right - none}`);
  });

  it('prefers one instance that was not reloaded to a server that no file lists twice', () => {
    const old = candidate('old-file-loaded', [5 / 7, 1 / 7, 1 / 7]);
    const told = Array.from({ length: 20 }, (_, seed) =>
      measure(expectation(third, { candidates: [old] }), { shares: [11 / 21, 5 / 21, 5 / 21] }, TERMS, seed + 1),
    );
    const best = told.map(
      ({ measurement }) => measurement.explanations.find((one) => one.cause !== 'none-fits')?.cause,
    );
    expect(best.filter((cause) => cause === 'mixed-generations').length).toBeGreaterThanOrEqual(15);
    const named = told.filter(({ cause }) => cause !== 'none-fits');
    expect(new Set(named.map(({ cause }) => cause))).toEqual(new Set(['mixed-generations']));
    // The files differ in one weight: half of the way between them is that weight, changed.
    expect(named[0]?.measurement.indistinguishable).toEqual(['runtime-weight']);
  });

  it('tells the only one that is possible as what it is: not sure', () => {
    const told = Array.from({ length: 20 }, (_, seed) =>
      measure(expectation(third), { shares: [0.15, 0.425, 0.425] }, { ...TERMS, maxRequests: 260 }, seed + 1),
    );
    const unsure = told.filter(({ cause, story }) => cause === 'none-fits' && story.startsWith('Not sure yet'));
    expect(unsure.length).toBeGreaterThan(0);
    for (const { story } of unsure) {
      expect(story).toMatch(
        /^Not sure yet, [5-9]\d% probable: web1 gets 0\.\d+ times its part .*changed at run time\./,
      );
    }
  });

  it('prints the probability of a named cause', () => {
    const { measurement, cause } = measure(even, { shares: [0.5, 0, 0.5] });
    expect(cause).toBe('server-down');
    expect(measurement.explanations[0]?.score).toBeGreaterThanOrEqual(0.95);
    expect(measurement.explanations[0]?.fits).toBe(true);
  });

  it('names [12, 0] of two servers server down, and what would look the same', () => {
    const { measurement, cause } = judgeCounts(expectation(equal(2)), { servers: { web1: 12, web2: 0 } });
    expect([measurement.outcome, cause]).toEqual(['fail', 'server-down']);
    expect(measurement.indistinguishable).toEqual(['all-on-one']);
    expect(measurement.explanations[0]).not.toHaveProperty('score');
  });

  it('says that none fits rather than guess', () => {
    const { cause, story } = judgeCounts(expectation(equal(4)), {
      servers: { web1: 700, web2: 100, web3: 500, web4: 200 },
    });
    expect(cause).toBe('none-fits');
    expect(story).toContain('None of the known causes fits');
  });

  it('names several silent servers together', () => {
    const { cause, story } = judgeCounts(expectation(equal(6)), {
      servers: { web1: 100, web2: 104, web3: 96, web4: 99 },
    });
    expect(cause).toBe('server-down');
    expect(story).toContain('web5 and web6');
  });

  it('tells a server whose failures the balancer hides from one that is out of rotation', () => {
    const { cause, story } = judgeCounts(expectation(third), {
      servers: { web1: 150, web3: 150 },
      retried: { web2: 80 },
    });
    expect(cause).toBe('hidden-retries');
    expect(story).toContain('80 times');
  });

  it('goes on after the proof until the cause is settled, 700 requests more at most', () => {
    const { requests } = measure(expectation(equal(2)), { shares: [1, 0] });
    expect(requests).toBe(200);
    const mixed = measure(expectation(third, { candidates: [old] }), { shares: [0.23, 0.23, 0.54] });
    expect(mixed.requests).toBeLessThan(1300);
  });
});

describe('verdict 9: what counts cannot tell', () => {
  it('lists a file that would look the same', () => {
    const near = candidate('old-file-loaded', [0.31, 0.31, 0.38]);
    const { measurement, reason } = measure(expectation(third, { candidates: [near] }), { shares: third });
    expect(reason).toBe('even within 25% of each share; the file before this deploy (31/31/38%) would look the same');
    expect(measurement.indistinguishable).toEqual(['old-file-loaded']);
  });
});

describe('verdict 10: unexpected and missing servers', () => {
  it('fails a removed server that still answers, and blames the forgotten reload', () => {
    const removed = expectation(third, { candidates: [candidate('old-file-loaded', equal(4))] });
    const { measurement, cause, reason } = measure(removed, { shares: equal(4), strangers: ['web4'] }, TERMS, 2);
    expect([measurement.outcome, cause]).toEqual(['fail', 'old-file-loaded']);
    expect(reason).toMatch(/^web4 answered \d+ of \d+ requests and must not: not in the config\.$/);
    expect(measurement.unexpected).toEqual([{ identity: 'web4', count: expect.any(Number) }]);
  });

  it('fails a drained server that answers', () => {
    const { measurement, reason } = measure(expectation([0.5, 0.5, 0]), { shares: [0.45, 0.45, 0.1] });
    expect(measurement.outcome).toBe('fail');
    expect(reason).toContain('kept out of rotation by the config');
  });

  it('lets one stray answer pass with a note', () => {
    const counts = { servers: { web1: 700, web2: 700, web3: 700 }, unexpected: { 'web-old': 1 } };
    const { measurement, notes } = judgeCounts(expectation(third), counts);
    expect(measurement.outcome).toBe('pass');
    expect(notes).toContain('web-old answered once');
  });

  it('says that no file lists a stranger', () => {
    const { cause, story } = measure(expectation(third), { shares: equal(4), strangers: ['web4'] });
    expect(cause).toBe('none-fits');
    expect(story).toContain('No known file lists web4.');
  });

  it('bounds the share of a missing server', () => {
    const { notes } = judgeCounts(expectation(third), { servers: { web1: 100, web2: 100 } });
    expect(notes).toMatch(/web3 has not answered: at most 4\.\d% of the answers/);
  });
});

describe('verdict 11: pools whose members nobody lists', () => {
  it('says even among those seen', () => {
    const { measurement, reason } = measure(unlisted, { shares: third });
    expect(measurement.outcome).toBe('pass');
    expect(reason).toBe('even within 25% of each share, among the 3 servers seen');
    expect(measurement.servers.map((s) => s.name)).toEqual(['web1', 'web2', 'web3']);
  });

  it('misses the fourth of four declared servers', () => {
    const { measurement, cause, story } = measure({ ...unlisted, serversExpected: 4 }, { shares: third });
    expect([measurement.outcome, cause]).toEqual(['fail', 'server-down']);
    expect(story).toContain('unseen server 1');
  });

  it('is inconclusive with more servers than declared, and with one only', () => {
    expect(measure({ ...unlisted, serversExpected: 2 }, { shares: third }).reason).toContain(
      '3 servers answered, 2 are declared',
    );
    const single = measure(unlisted, { shares: [1] });
    expect(single.measurement.outcome).toBe('inconclusive');
    expect(single.requests).toBeLessThan(100);
  });
});

describe('verdict 12: timing', () => {
  it('reports drift between halves, and recovery', () => {
    const counts = { servers: { web1: 400, web2: 400, web3: 150 }, firstHalf: { web1: 250, web2: 250, web3: 5 } };
    const { notes, measurement } = judgeCounts(expectation(third), counts);
    expect(measurement.outcome).toBe('fail');
    expect(notes).toMatch(/uneven, but recovering: 50\/50\/1% in the first half, 34\/34\/33% in the second/);
    const steady = { servers: { web1: 400, web2: 400, web3: 400 }, firstHalf: { web1: 205, web2: 195, web3: 200 } };
    expect(judgeCounts(expectation(third), steady).notes).not.toContain('half');
  });

  it('says that the window was shorter than an ejection', () => {
    const slow = expectation(third, { ejectionWindowMs: 30_000, slowStartMs: 60_000 });
    const { notes } = measure(slow, { shares: third });
    expect(notes).toContain('shorter than a failed server stays ejected (30 s)');
    expect(notes).toContain('shorter than slow start (60 s)');
  });
});

describe('verdict 13: budget and watching', () => {
  it('stops at the last request and at the timeout', () => {
    const judge = makeJudge(expectation(third), TERMS);
    expect(judge.wantsMore({ version: 1, servers: { web1: 6000 } }, 0)).toBe(false);
    expect(makeJudge(expectation(third), TERMS).wantsMore({ version: 1, servers: {} }, 120_000)).toBe(false);
  });

  const soak = { ...TERMS, maxRequests: 20_000, watchMs: 100_000 };

  it('watches to the end when all is well', () => {
    const { measurement, requests } = measure(expectation(third), { shares: third }, soak);
    expect([measurement.outcome, requests]).toEqual(['pass', 5000]);
  });

  it('raises the alarm on a fault that begins in the middle', () => {
    const fault = { shares: third, later: { after: 3000, shares: [0.5, 0.5, 0] } };
    const { measurement, requests, cause, reason } = measure(expectation(third), fault, soak);
    expect([measurement.outcome, cause]).toEqual(['fail', 'server-down']);
    expect(requests).toBeLessThan(3500);
    expect(reason).toMatch(/^In the last \d+ requests: web3 answers none/);
    // The shares shown are those that the reason tells of, not of all the good hours before.
    const [web1, , web3] = measurement.servers;
    expect(web1?.share).toBeCloseTo(0.5, 1);
    expect(web3).toMatchObject({ share: 0, low: 0 });
  });
});

describe('verdict 14: single servers', () => {
  it('warns of a slow and of a failing server', () => {
    const { notes, measurement } = measure(expectation(third), { shares: third, latencyMs: [30, 30, 90] });
    expect(measurement.outcome).toBe('pass');
    expect(notes).toMatch(/web3 is slow: median \d+(\.\d)? ms, the others \d+ ms/);
    expect(measurement.servers[2]?.latencyMs?.p95).toBeGreaterThan(90);
  });
});

describe('the judge', () => {
  it('says before the start what it will take', () => {
    const { plan } = makeJudge(expectation(third), TERMS);
    expect(plain(plan)).toMatch(
      /^Testing whether 3 servers get even shares within 25% of each share: about \d+ requests/,
    );
  });

  it('gives the same measurement for the same answers', () => {
    const twice = [1, 2].map(() => measure(expectation(third), { shares: [0.4, 0.3, 0.3] }).measurement);
    expect(twice[0]).toEqual(twice[1]);
  });

  it('survives hostile names and huge counts', () => {
    const servers = { constructor: 5e14, __proto__x: 5e14, toString: 5e14 };
    const names = Object.keys(servers);
    const hostile = { ...expectation([]), servers: names.map((name) => ({ name, expected: 1 / 3 })) };
    expect(judgeCounts(hostile, { servers }).measurement.outcome).toBe('pass');
    expect(
      measure(expectation(third), { shares: third, names: ['hasOwnProperty', 'web2', 'web3'] }).measurement.outcome,
    ).toBe('fail');
  });

  it('says that a thousand servers cannot be told apart in 2,000 requests', () => {
    const many = expectation(equal(1000), { guard: true });
    const { measurement, reason } = measure(many, { shares: equal(1000) }, { ...TERMS, maxRequests: 2000 });
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toContain('allow 10,000 (max-requests)');
  });

  it('finds one that takes a fifth of two hundred, sticky or not', () => {
    const shares = equal(200).map((p, i) => (i === 0 ? 0.2 + 0.8 * p : 0.8 * p));
    const { measurement, cause, requests } = measure(expectation(equal(200), { guard: true }), { shares });
    expect([measurement.outcome, cause]).toEqual(['fail', 'runtime-weight']);
    expect(requests).toBeLessThan(1000);
  });
});

describe('a server that drops what it gets', () => {
  const dropping = {
    servers: { web1: 101, web3: 101 },
    failed: { anonymous5xx: 100 },
  };

  it('is no server out of rotation: the errors come first', () => {
    const { measurement, reason, cause, story, notes } = judgeCounts(expectation(third), dropping);
    expect(measurement.outcome).toBe('fail');
    expect(reason).toMatch(
      /^errors 33%, limit 1%: 100 5xx without a server in 302 requests\. web2 answers none of 202/,
    );
    expect(cause).toBe('server-down');
    expect(story).toMatch(/^web2 is down or drops what it gets, but still in rotation: 100 requests failed, 33%/);
    expect(story).not.toContain('the others share the traffic');
    expect(notes).not.toContain('limit 1%');
  });

  it('is out of rotation where no more fails than may', () => {
    const { story } = judgeCounts(expectation(third), { servers: { web1: 150, web3: 150 }, failed: { timeout: 3 } });
    expect(story).toMatch(/^web2 is down or out of rotation; the others share the traffic/);
  });

  it('that hangs is seen in few requests, since each takes so long', () => {
    const hanging = { servers: { web1: 21, web3: 20 }, failed: { timeout: 9 } };
    const { reason, story } = judgeCounts(expectation(third), hanging);
    expect(reason).toMatch(/^errors 18%, limit 1%: 9 timeout in 50 requests/);
    expect(story).toContain('web2 is down or drops what it gets, but still in rotation: 9 requests failed');
  });

  it('is not blamed for failures that are not its part', () => {
    const lost = { servers: { web1: 150, web3: 150 }, failed: { timeout: 40 } };
    const { reason, story } = judgeCounts(expectation(third), lost);
    expect(reason).toMatch(/^errors 12%, limit 1%/);
    expect(story).not.toContain('still in rotation');
  });
});

describe('an interrupted measurement', () => {
  const conclude = (servers: Record<string, number>) =>
    makeJudge(expectation(third), TERMS).conclude({ version: 1, servers }, { ...OBSERVED, interrupted: true });

  it.each([
    [
      'what is not proved is open',
      { web1: 10, web2: 9, web3: 11 },
      'inconclusive',
      /^interrupted after 30 requests: not settled/,
    ],
    ['a fault that is proved is one', { web1: 60, web2: 60, web3: 0 }, 'fail', /^web3 answers none of 120 requests/],
    ['what is proved even is even', { web1: 900, web2: 900, web3: 900 }, 'pass', /^even within 25%/],
  ])('%s', (_, servers, outcome, reason) => {
    const measurement = conclude(servers);
    expect(measurement.outcome).toBe(outcome);
    expect(plain(measurement.reason)).toMatch(reason);
  });
});
