import type { Dialect } from '../../../model/dialect.ts';
import { say } from '../../../text/say.ts';
import { dialect as files } from '../dialect.ts';

const LABEL = 'traefik.http.services.NAME.loadbalancer';

/** How Traefik says things in labels; everything else is as in its files. */
export const dialect: Dialect = {
  ...files,
  terms: {
    ...files.terms,
    weight: (n) => `server.weight=${n}`,
    pool: (name) => `service ${name}`,
    state: () => 'server.weight=0',
    checkInterval: 'healthcheck.interval',
    maxFails: 'passivehealthcheck.maxfailedattempts',
    ejectTime: 'passivehealthcheck.failurewindow',
    roundRobin: 'strategy=wrr',
    leastConnections: 'strategy=p2c',
  },
  advice: {
    ...files.advice,
    addCheck: say`Add the label ${`${LABEL}.healthcheck.path=/healthz`} to every container of the service.`,
    addHttpCheck: say`Set ${`${LABEL}.healthcheck.path`} to a path that the servers answer only when they are healthy.`,
    addServerCheck: say`Add the label ${`${LABEL}.healthcheck.path=/healthz`} to every container of the service.`,
    checkTls: say`Set the label ${`${LABEL}.healthcheck.scheme=https`}.`,
    checkFaster: say`Set the label ${`${LABEL}.healthcheck.interval=5s`}.`,
    checkPatiently: say`Set ${'healthcheck.timeout'} below ${'healthcheck.interval'} in the labels of the service.`,
    ejectBriefly: say`Set the label ${`${LABEL}.passivehealthcheck.failurewindow=10s`}.`,
    spread: say`Remove the label ${`${LABEL}.strategy`}, or set it to ${'wrr'}.`,
    hashMore: 'strategy=hrw',
    seeClients: say`Set ${'strategy=wrr'} with ${'sticky.cookie'} instead, or let clients connect without a proxy in front.`,
    speakTls: say`Set the label ${`${LABEL}.server.scheme=https`}, or the plain port in ${'server.port'}.`,
    failOver: say`Add a ${'retry'} middleware with ${'attempts=2'} to the labels of the router.`,
    retryLess: say`Set ${'attempts=3'} or less in the ${'retry'} middleware.`,
    stick: say`Add the label ${`${LABEL}.sticky.cookie.name=srv`} to every container of the service.`,
  },
};
