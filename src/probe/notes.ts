import type { Text } from '../model/text.ts';
import { count, list, name, percent, plain, say, sentences, words } from '../text/say.ts';
import type { Marks } from './cache.ts';
import { headerValues } from './client.ts';
import type { Answer } from './exchange.ts';
import type { Failure } from './failures.ts';
import type { Ambiguous } from './identity.ts';

/** Linux sends a lost SYN again after 1 and 3 s: connects that take so long met a full accept queue or a lossy path. */
const SYN_AGAIN_MS = [
  [950, 1400],
  [2950, 3600],
] as const;
const MOST_NAMED = 3;
const MOST_VALUES = 64;

/** Collects what is worth saying beside the counts. */
export class Notes {
  readonly #failures = new Map<string, { readonly failure: Failure; n: number }>();
  readonly #anonymous = new Map<number, { n: number; to: string | undefined }>();
  readonly #ambiguous = new Map<string, { readonly servers: readonly string[]; n: number }>();
  readonly #versions = new Map<string, number>();
  readonly #cdns = new Set<string>();
  #answers = 0;
  #cached = 0;
  #limited = 0;
  #warmUp = { requests: 0, failed: 0, limited: 0 };
  #late = 0;
  #slowConnects = 0;

  seen(answer: Answer, { cached, cdn }: Marks): void {
    this.#answers++;
    if (answer.failure !== undefined) this.#failed(answer.failure);
    if (answer.status === 429) this.#limited++;
    if (cached) this.#cached++;
    if (cdn !== undefined) this.#cdns.add(cdn);
    if (SYN_AGAIN_MS.some(([from, to]) => answer.connectMs >= from && answer.connectMs <= to)) this.#slowConnects++;
  }

  /** Answers that were let pass before the counting. */
  warmUp(answers: readonly Answer[]): void {
    const limited = answers.filter(({ status }) => status === 429).length;
    this.#warmUp = { requests: answers.length, failed: answers.filter(isError).length, limited };
  }

  /** Requests that were still under way when the time was over. */
  late(requests: number): void {
    this.#late = requests;
  }

  anonymous(answer: Answer): void {
    const status = answer.status ?? 0;
    const entry = this.#anonymous.get(status) ?? { n: 0, to: undefined };
    this.#anonymous.set(status, { n: entry.n + 1, to: entry.to ?? locationOf(answer) });
  }

  ambiguous({ identity, servers }: Ambiguous): void {
    const entry = this.#ambiguous.get(identity);
    if (entry !== undefined) entry.n++;
    else if (this.#ambiguous.size < MOST_VALUES) this.#ambiguous.set(identity, { servers, n: 1 });
  }

  version(version: string): void {
    if (this.#versions.size < MOST_VALUES || this.#versions.has(version)) {
      this.#versions.set(version, (this.#versions.get(version) ?? 0) + 1);
    }
  }

  /** The version that most answers showed. */
  get versionSeen(): string | undefined {
    return [...this.#versions].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  }

  /** @param rate requests/s at the end */
  texts(rate: number): Text[] {
    return [
      ...this.#failureTexts(),
      ...[...this.#anonymous].map(
        ([status, { n, to }]) =>
          say`${count(n, 'answer')} with status ${words(String(status))} showed no server. ${anonymousFix(status, to)}`,
      ),
      ...[...this.#ambiguous]
        .slice(0, MOST_NAMED)
        .map(([identity, { servers, n }]) => say`${count(n, 'answer')} ${ambiguousText({ identity, servers })}`),
      ...this.#versionTexts(),
      ...this.#cacheTexts(),
      ...this.#limitTexts(rate),
      ...(this.#slowConnects === 0
        ? []
        : [
            say`${count(this.#slowConnects, 'connection')} took about 1 or 3 s to open, the times after which a lost SYN is sent again: the balancer's accept queue is full, or the path loses packets.`,
          ]),
      ...(this.#late === 0
        ? []
        : [
            say`${count(this.#late, 'request')} had no answer when the timeout was over, and ${words(this.#late === 1 ? 'is' : 'are')} not counted.`,
          ]),
      ...this.#warmUpTexts(),
    ];
  }

  #limitTexts(rate: number): Text[] {
    const early = this.#warmUp.limited;
    const all = this.#limited + early;
    if (all === 0) return [];
    const when = early === 0 ? words('') : say`, ${early} of them in the warm-up`;
    return [
      say`The target answered ${count(all, 'request')} with 429, too many requests${when}: the rate went down to ${Math.round(rate * 10) / 10} requests/s. They are not counted as errors.`,
    ];
  }

  #warmUpTexts(): Text[] {
    const { requests, failed } = this.#warmUp;
    if (failed === 0) return [];
    return [say`${failed} of the first ${count(requests, 'request')} failed; they are warm-up and not counted.`];
  }

  #failed(failure: Failure): void {
    const key = `${failure.phase} ${plain(failure.what)}`;
    const entry = this.#failures.get(key);
    if (entry === undefined) this.#failures.set(key, { failure, n: 1 });
    else entry.n++;
  }

  #failureTexts(): Text[] {
    const named = [...this.#failures.values()].toSorted((a, b) => b.n - a.n);
    return named.slice(0, MOST_NAMED).map(({ failure, n }) => {
      const what = say`${count(n, 'request')} failed: ${failureText(failure)}.`;
      return failure.fix === undefined ? what : sentences(what, failure.fix);
    });
  }

  #versionTexts(): Text[] {
    if (this.#versions.size < 2) return [];
    const total = [...this.#versions.values()].reduce((sum, n) => sum + n, 0);
    const shares = [...this.#versions]
      .toSorted(([, a], [, b]) => b - a)
      .map(([version, n]) => say`${name(version)} ${percent(n / total)}`);
    return [
      say`Answers showed ${count(this.#versions.size, 'version')}: ${list(shares)}. The roll-out is not finished, or an instance was missed.`,
    ];
  }

  #cacheTexts(): Text[] {
    const cdn = this.#cdns.size === 0 ? [] : [say`${list([...this.#cdns].map(words))} is in front of the balancer.`];
    if (this.#cached === 0) return cdn;
    const share = percent(this.#cached / this.#answers);
    return [
      ...cdn,
      say`A cache or CDN gave ${count(this.#cached, 'answer')} (${share}) instead of a server: they are not counted. Use a target that is not cached, or the balancer's own address.`,
    ];
  }
}

/** No whole answer, or a 5xx. */
export function isError({ status, failure }: Answer): boolean {
  return failure !== undefined || status === undefined || status >= 500;
}

/** `name 10.0.0.1:80, which could be web1 or web2. …` */
export function ambiguousText({ identity, servers }: Ambiguous): Text {
  return say`named ${name(identity)}, which could be any of ${list(servers)}, so none is counted. Set identify for them in the checklist file, or let the balancer send the server's name.`;
}

/** `connection refused (connect)`. */
export function failureText(failure: Failure): Text {
  const phases = {
    connect: 'connecting',
    tls: 'TLS handshake',
    head: 'waiting for the head',
    body: 'reading the body',
  };
  return say`${failure.what} (${words(phases[failure.phase])})`;
}

/** What to do about answers of this status that show no server. */
export function anonymousFix(status: number, to: string | undefined): Text {
  if (status >= 300 && status < 400 && status !== 304) {
    return to === undefined
      ? words('Redirects are not followed: use the target that it points to.')
      : say`Redirects are not followed: use the target that it points to, ${name(to)}.`;
  }
  if (status === 401 || status === 403)
    return words('Add the headers that the target requires, such as Authorization.');
  if (status === 404) return words('Set a path of the target that a server of the pool answers.');
  if (status === 400)
    return words('If the port expects TLS, set https://. Otherwise add the headers that the target requires.');
  return words('Set a path that the pool answers, and not the balancer itself.');
}

/** Where a response redirects to, without the query, which may hold secrets. */
export function locationOf(answer: Answer): string | undefined {
  return headerValues(answer, 'location')[0]
    ?.replace(/[?#].*$/s, '')
    .slice(0, 200);
}
