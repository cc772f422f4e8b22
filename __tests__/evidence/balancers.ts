import { sampler } from '../../src/evidence/random.ts';

/** Which server answers the next request of a probe, by index. */
export type Picker = () => number;
/** A balancer that starts anew; chance comes from outside. */
export type Balancer = (random: () => number) => Picker;

/** Requests of other clients that the balancer serves before the next one of the probe. */
export type Others = (random: () => number) => number;

export const nobody: Others = () => 0;

/** A busy service: a geometric number of others, `mean` on average. */
export function others(mean: number): Others {
  return mean === 0 ? nobody : (random) => Math.floor(Math.log(1 - random()) / Math.log(mean / (1 + mean)));
}

/** Mostly nobody, now and then 1 to 40 at once. */
export const inBursts: Others = (random) => (random() < 0.1 ? 1 + Math.floor(random() * 40) : 0);

/** Clients that ask as often as the probe does: half of the time a whole round lies between. */
export function inStep(servers: number): Others {
  return (random) => (random() < 0.5 ? servers - 1 : 0);
}

/** Independent draws. */
export function draws(shares: readonly number[]): Balancer {
  return (random) => sampler(shares, random);
}

/** Smooth weighted round robin, as nginx and HAProxy do it, from its start. */
function rotation(weights: readonly number[]): Picker {
  const current = weights.map(() => 0);
  const total = weights.reduce((a, b) => a + b, 0);
  return () => {
    let best = 0;
    weights.forEach((weight, i) => {
      current[i] = (current[i] ?? 0) + weight;
      if ((current[i] ?? 0) > (current[best] ?? 0)) best = i;
    });
    current[best] = (current[best] ?? 0) - total;
    return best;
  };
}

/** Each worker has a rotation of its own, all begin at the first server; the kernel hands a connection to any of them. */
export function rotations(weights: readonly number[], workers: number, between: Others): Balancer {
  return (random) => {
    const each = Array.from({ length: workers }, () => rotation(weights));
    const pick = (): number => each[Math.floor(random() * workers)]?.() ?? 0;
    return beside(pick, between, random);
  };
}

/** Serves `lengths[i]` requests in a row by server i, one server after the other. */
export function blocks(lengths: readonly number[], between: Others): Balancer {
  return (random) => {
    let [server, served] = [Math.floor(random() * lengths.length), 0];
    const pick = (): number => {
      while (served >= (lengths[server] ?? 0)) [server, served] = [(server + 1) % lengths.length, 0];
      served += 1;
      return server;
    };
    return beside(pick, between, random);
  };
}

/** Each answer comes from the server before it with chance `rho`, else it is drawn. */
export function sticky(shares: readonly number[], rho: number): Balancer {
  return (random) => {
    const draw = sampler(shares, random);
    let last = draw();
    return () => (last = random() < rho ? last : draw());
  };
}

/** The first server gets a tenth of its part at first, and all of it after so many answers. */
export function slowStart(servers: number, answers: number): Balancer {
  return (random) => {
    let n = 0;
    return () => {
      const weight = Math.min(1, Math.max(0.1, n++ / answers));
      const u = random() * (servers - 1 + weight);
      return u < weight ? 0 : 1 + Math.floor(u - weight);
    };
  };
}

/** The first server answers nothing for `down` of every `period` requests, at any time of its period first. */
export function flapping(servers: number, period: number, down: number): Balancer {
  return (random) => {
    let n = Math.floor(random() * period);
    return () => {
      const away = n++ % period < down;
      return away ? 1 + Math.floor(random() * (servers - 1)) : Math.floor(random() * servers);
    };
  };
}

/** Two balancers behind one name. */
export function either(a: Balancer, b: Balancer): Balancer {
  return (random) => {
    const [first, second] = [a(random), b(random)];
    return () => (random() < 0.5 ? first() : second());
  };
}

function beside(pick: Picker, between: Others, random: () => number): Picker {
  return () => {
    for (let n = between(random); n > 0; n--) pick();
    return pick();
  };
}
