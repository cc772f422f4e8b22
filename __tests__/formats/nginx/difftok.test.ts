import { NginxChecker } from '../../support/nginx-difftok/checker.ts';
import { compare, ourView } from '../../support/nginx-difftok/compare.ts';
import { mutant } from '../../support/nginx-difftok/mutate.ts';
import { SEEDS } from '../../support/nginx-difftok/seeds.ts';
import { describeReal } from '../../support/real-servers.ts';
import { random } from '../../support/random.ts';

describeReal('nginx', 'what every nginx here accepts and refuses', () => {
  const checkers = NginxChecker.available().map((version) => new NginxChecker(version));
  afterAll(() => {
    for (const checker of checkers) checker.close();
  });

  test('the configurations that are changed are sound', async () => {
    for (const text of SEEDS) {
      for (const checker of checkers) expect(await checker.check(text)).toMatchObject({ refusal: '', accepted: true });
      expect(ourView(text)).toEqual({ refusal: undefined, unread: [] });
    }
  });

  // script/bench difftok-nginx runs the same over many more files.
  test('seeded changes are judged as nginx judges them (100 files)', async () => {
    const next = random(20261130);
    const found = [];
    for (let i = 0; i < 100; i++) found.push(await compare(mutant(next), checkers));
    expect(found.filter(({ result }) => result === 'false refusal')).toEqual([]);
    const refused = found.filter((one) => one.refused);
    const missed = refused.filter(({ result }) => result === 'missed');
    expect(refused.length).toBeGreaterThan(30);
    expect(missed.length / refused.length).toBeLessThan(0.05);
  }, 60_000);
});
