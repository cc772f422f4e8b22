import { chooseSubject } from '../../src/measure/subject.ts';
import { read } from '../support/run-rules.ts';

const pool = (name: string): string => `  - { name: ${name}, servers: [{ name: ${name}1, address: 10.0.0.1 }] }\n`;
const config = (routes: string) =>
  read('neutral', `version: 1\npools:\n${['a', 'b', 'c'].map(pool).join('')}${routes}`);

test.each([
  ['', 'The config has 3 pools (a, b, c); name the one that the target serves with pool.'],
  [
    'routes: [{ name: canary, to: [{ pool: a, weight: 9 }, { pool: b, weight: 1 }] }]\n',
    'The config has 3 pools and 1 route (a, b, c, canary); name the one that the target serves with pool.',
  ],
])('what could be meant is counted as it is listed %#', (routes, message) => {
  expect(() => chooseSubject([config(routes)], undefined)).toThrow(message);
});
