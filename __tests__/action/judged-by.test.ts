import { describe, expect, test } from '@jest/globals';
import { EQUAL, FILE, pullRequestPayload, Stage, type Run } from './stage.ts';

/** By what a run is judged: in no event by what the head's author has written. */
const CHECKLIST = '.github/evenkeel.yml';
const POLICY = 'lb/limit.json';
const WORKFLOW = '.github/workflows/lb.yml';
const ZEROS = '0'.repeat(40);
const REPOSITORY = { repository: { default_branch: 'main' } };

type Files = Readonly<Record<string, string>>;

/** A fault by itself, whatever was before: a backend that is not there. */
const BROKEN = EQUAL.replace('default_backend app', 'default_backend ap');
const SMALLER = EQUAL.replace(/ {2}server web3 .*\n/, '');

function checklist(more = ''): string {
  return `version: 1\nschemas: [{ file: ${POLICY}, applies-to: pools }]\n${more}`;
}

function policy(least: number): string {
  return JSON.stringify({ properties: { activeServers: { minimum: least } } });
}

function workflow(more: string): string {
  return `on: pull_request\njobs:\n  check:\n    steps:\n      - uses: octo/evenkeel@v1\n        with:\n          config: lb/*.cfg\n${more}`;
}

const BASE: Files = {
  [FILE]: EQUAL,
  [CHECKLIST]: checklist(),
  [POLICY]: policy(3),
  [WORKFLOW]: workflow('          max-errors: 1%\n'),
};

/** What the head's author writes beside the fault, and the rule that must speak all the same. */
const VECTORS: readonly { readonly name: string; readonly head: Files; readonly rule: string }[] = [
  {
    name: 'the checklist file',
    head: { [FILE]: BROKEN, [CHECKLIST]: checklist('rules: { undefined-pool-reference: off }\n') },
    rule: 'undefined-pool-reference',
  },
  { name: 'a schema', head: { [FILE]: SMALLER, [POLICY]: policy(1) }, rule: 'policy' },
  {
    name: 'an ignore',
    head: {
      [FILE]: BROKEN.replace(
        '  default_backend',
        '  # evenkeel-ignore undefined-pool-reference -- fine\n  default_backend',
      ),
    },
    rule: 'undefined-pool-reference',
  },
  {
    name: 'an ignore of the checklist file',
    head: {
      [FILE]: BROKEN,
      [CHECKLIST]: checklist('ignores: [{ rule: undefined-pool-reference, reason: fine }]\n'),
    },
    rule: 'undefined-pool-reference',
  },
];

interface Place {
  readonly stage: Stage;
  readonly base: string;
  readonly head: string;
  readonly merge: string;
}

/** Main as `BASE`, and a branch that a head is proposed on. */
function place(head: Files, base: Files = BASE, body = ''): Place {
  const stage = new Stage();
  const pr = stage.pullRequest(base, head, body);
  return { stage, base: pr.baseSha, head: pr.headSha, merge: pr.merge };
}

type RunOptions = Parameters<Stage['run']>[3];

/** How the runner runs each event for a head. */
const EVENTS: Readonly<Record<string, (at: Place, options?: RunOptions) => Promise<Run>>> = {
  pull_request: ({ stage, base, head, merge }, options) =>
    stage.run(merge, 'pull_request', { ...(pullRequestPayload(base, head) as object), ...REPOSITORY }, options),
  pull_request_target: ({ stage, base, head, merge }, options) => {
    stage.repo.git('update-ref', 'refs/pull/7/merge', merge);
    return stage.run(base, 'pull_request_target', pullRequestPayload(base, head), on('refs/heads/main', options));
  },
  merge_group: ({ stage, base, merge }, options) => {
    const ref = `refs/heads/gh-readonly-queue/main/pr-7-${base}`;
    const group = { head_sha: merge, head_ref: ref, base_sha: base, base_ref: 'refs/heads/main' };
    return stage.run(merge, 'merge_group', { merge_group: group, ...REPOSITORY }, on(ref, options));
  },
  'push to the default branch': ({ stage, base, head }, options) => {
    stage.repo.git('update-ref', 'refs/heads/main', head);
    const ref = 'refs/heads/main';
    return stage.run(head, 'push', { before: base, after: head, ref, ...REPOSITORY }, on(ref, options));
  },
  'push to a branch': ({ stage, head }, options) => {
    // The commit before is the same author's: it vouches for nothing in this one.
    stage.repo.git('checkout', '--quiet', 'topic');
    const after = stage.repo.commit({ 'notes.md': 'more' });
    const ref = 'refs/heads/topic';
    return stage.run(after, 'push', { before: head, after, ref, ...REPOSITORY }, on(ref, options));
  },
  'push of a tag': ({ stage, head }, options) => {
    const ref = 'refs/tags/v1';
    return stage.run(head, 'push', { before: ZEROS, after: head, ref, ...REPOSITORY }, on(ref, options));
  },
  release: ({ stage, head }, options) =>
    stage.run(head, 'release', { release: { tag_name: 'v1' }, ...REPOSITORY }, on('refs/tags/v1', options)),
  workflow_dispatch: ({ stage, head }, options) =>
    stage.run(head, 'workflow_dispatch', REPOSITORY, on('refs/heads/topic', options)),
  repository_dispatch: ({ stage, head }, options) =>
    stage.run(head, 'repository_dispatch', REPOSITORY, on('refs/heads/main', options)),
  pull_request_review: ({ stage, base, head, merge }, options) =>
    stage.run(merge, 'pull_request_review', { ...(pullRequestPayload(base, head) as object), ...REPOSITORY }, options),
  workflow_run: ({ stage, head }, options) => {
    const payload = { workflow_run: { head_branch: 'topic', head_sha: head }, ...REPOSITORY };
    return stage.run(head, 'workflow_run', payload, on('refs/heads/main', options));
  },
  deployment_status: ({ stage, head }, options) => {
    const deployment = { id: 3, environment: 'production', sha: head, ref: 'topic' };
    const payload = { deployment, deployment_status: { state: 'success', description: 'done' }, ...REPOSITORY };
    return stage.run(head, 'deployment_status', payload, on('refs/heads/topic', options));
  },
};

function on(ref: string, options: RunOptions = {}): RunOptions {
  return { ...options, env: { GITHUB_REF: ref, ...options.env } };
}

function blocking(run: Run): readonly string[] {
  return run.report.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
}

describe.each(Object.entries(EVENTS))('%s:', (_, start) => {
  test.each(VECTORS)('$name of the head makes nothing milder', async ({ head, rule }) => {
    const run = await start(place(head));
    expect([run.code, run.outputs['outcome']]).toEqual([1, 'fail']);
    expect(blocking(run)).toContain(rule);
  });

  test('a milder input in the workflow of the head', async () => {
    const milder = workflow("          max-errors: 30%\n          fail-on: 'never'\n");
    const env = {
      GITHUB_WORKFLOW_REF: `octo/edge/${WORKFLOW}@refs/heads/x`,
      GITHUB_ACTION_REPOSITORY: 'octo/evenkeel',
    };
    const run = await start(place({ [FILE]: BROKEN, [WORKFLOW]: milder }), { env, inputs: { 'fail-on': 'never' } });
    // An input decides the exit code of a run that the author started; the outcome it never changes.
    expect(run.outputs['outcome']).toBe('fail');
    expect(blocking(run)).toContain('undefined-pool-reference');
    const told = run.report.findings.filter(({ rule, file }) => rule === 'checklist-changed' && file === WORKFLOW);
    // What pull_request_target runs is the workflow of the base: that of the head decides nothing.
    expect(told.map(({ line }) => line)).toEqual(
      run.report.base !== null && start === EVENTS['pull_request_target'] ? [] : [8, 9],
    );
  });

  test('a tick that readers are not shown', async () => {
    const item = '{ id: capacity, ask: The others can carry the load, when: [server-removed], required: true }';
    const base = { ...BASE, [CHECKLIST]: `version: 1\nchecklist: [${item}]\n` };
    const at = place({ [FILE]: SMALLER }, base, '<!--\n- [x] yes <!-- evenkeel:capacity -->\n');
    const run = await start(at);
    const asked = run.report.base !== null && run.report.checklist.find(({ id }) => id === 'capacity')?.state;
    // Where nothing is compared nobody is asked, and where nobody can tick nothing waits for it.
    expect(['open', false, 'not-applicable']).toContain(asked);
    const canTick = [EVENTS['pull_request'], EVENTS['pull_request_target'], EVENTS['merge_group']].includes(start);
    if (canTick) expect([run.code, asked]).toEqual([1, 'open']);
  });
});

describe('the same writing decides where it has been reviewed:', () => {
  test.each(VECTORS)('$name of the base', async ({ head }) => {
    const { [FILE]: config = '', ...rest } = head;
    const reviewed = config.includes('evenkeel-ignore') ? { [FILE]: config } : { [FILE]: EQUAL };
    const changed = config.includes('evenkeel-ignore') ? config.replace('weight 10', 'weight 11') : config;
    const run = await EVENTS['pull_request']?.(place({ [FILE]: changed }, { ...BASE, ...reviewed, ...rest }));
    expect([run?.code, run?.outputs['outcome']]).toEqual([0, 'pass']);
  });

  test('a schedule is judged by the default branch, which it runs on', async () => {
    const { stage } = place({});
    const sha = stage.repo.commit({
      [FILE]: BROKEN,
      [CHECKLIST]: checklist('rules: { undefined-pool-reference: off }\n'),
    });
    const run = await stage.run(sha, 'schedule', {}, { env: { GITHUB_REF: 'refs/heads/main' } });
    expect([run.code, blocking(run)]).toEqual([0, []]);
  });
});

describe('where nothing is known to be judged by, the recommended settings hold, and the report says so:', () => {
  const own = checklist('rules: { undefined-pool-reference: off }\n');
  const ignored = VECTORS[2]?.head[FILE] ?? '';

  test('a change that brings the first checklist file', async () => {
    const run = await EVENTS['pull_request']?.(
      place({ [FILE]: BROKEN, [CHECKLIST]: own }, { [FILE]: EQUAL, [POLICY]: policy(1) }),
    );
    expect([run?.code, run && blocking(run)]).toEqual([1, ['undefined-pool-reference']]);
    expect(run?.report.notes.join('\n')).toMatch(
      /takes effect after the merge of this change, .* recommended settings/,
    );
  });

  test('a schema that an input names and only the change has', async () => {
    const at = place({ [FILE]: SMALLER, 'lb/new.json': policy(1) }, { [FILE]: EQUAL });
    const run = await EVENTS['pull_request']?.(at, { inputs: { schema: 'lb/new.json' } });
    expect(run?.code).toBe(0);
    expect(run?.report.notes.join('\n')).toContain(
      'lb/new.json is not at the base yet: it takes effect after the merge',
    );
  });

  test('a checklist file at the base that cannot be used', async () => {
    const run = await EVENTS['pull_request']?.(
      place({ [FILE]: BROKEN, [CHECKLIST]: own }, { ...BASE, [CHECKLIST]: 'version: 7\n' }),
    );
    expect([run?.code, run && blocking(run)]).toEqual([1, ['undefined-pool-reference']]);
    expect(run?.report.notes.join('\n')).toMatch(
      /checklist file at the base cannot be used.*recommended settings hold, without ignores.*Set 1/,
    );
  });

  test.each([
    ['the first push of a repository', 'push', { before: ZEROS, ref: 'refs/heads/main', ...REPOSITORY }],
    ['an event that names no default branch', 'push', { before: ZEROS, ref: 'refs/heads/main' }],
  ])('%s', async (_, event, payload) => {
    const stage = new Stage();
    const after = stage.repo.commit({ [FILE]: ignored, [CHECKLIST]: own, [POLICY]: policy(1) });
    const run = await stage.run(after, event, { ...payload, after }, { env: { GITHUB_REF: 'refs/heads/main' } });
    expect([run.code, blocking(run)]).toEqual([1, ['undefined-pool-reference']]);
    expect(run.report.notes.join('\n')).toContain('the recommended settings hold, without ignores');
  });
});
