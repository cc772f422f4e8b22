// Made by script/generate from the folders beside it.
import { rule as algorithmChanged } from './algorithm-changed/rule.ts';
import { rule as algorithmOverridden } from '../formats/haproxy/rules/algorithm-overridden/rule.ts';
import { rule as blastRadius } from './blast-radius/rule.ts';
import { rule as callsStayOnOnePod } from '../formats/kubernetes/rules/calls-stay-on-one-pod/rule.ts';
import { rule as canaryIgnored } from '../formats/kubernetes/rules/canary-ignored/rule.ts';
import { rule as canaryJump } from './canary-jump/rule.ts';
import { rule as canaryWeightMisread } from '../formats/kubernetes/rules/canary-weight-misread/rule.ts';
import { rule as checkNeverRuns } from '../formats/caddy/rules/check-never-runs/rule.ts';
import { rule as checkOptionsWithoutCheck } from '../formats/haproxy/rules/check-options-without-check/rule.ts';
import { rule as checkTargetMismatch } from './check-target-mismatch/rule.ts';
import { rule as checklistChanged } from './checklist-changed/rule.ts';
import { rule as configUnparsable } from './config-unparsable/rule.ts';
import { rule as discoveredUnchecked } from '../formats/caddy/rules/discovered-unchecked/rule.ts';
import { rule as duplicateServer } from './duplicate-server/rule.ts';
import { rule as ejectAll } from '../formats/kubernetes/rules/eject-all/rule.ts';
import { rule as emptySubset } from '../formats/kubernetes/rules/empty-subset/rule.ts';
import { rule as entryChanged } from './entry-changed/rule.ts';
import { rule as errorsNotCounted } from '../formats/nginx/rules/errors-not-counted/rule.ts';
import { rule as failoverNeverBuilds } from '../formats/traefik/rules/failover-never-builds/rule.ts';
import { rule as failoverOff } from './failover-off/rule.ts';
import { rule as failoverWithoutOutlier } from '../formats/kubernetes/rules/failover-without-outlier/rule.ts';
import { rule as failuresNotKept } from '../formats/caddy/rules/failures-not-kept/rule.ts';
import { rule as firstFitAlgorithm } from './first-fit-algorithm/rule.ts';
import { rule as forgottenWeight } from '../formats/kubernetes/rules/forgotten-weight/rule.ts';
import { rule as hashIdentityShift } from './hash-identity-shift/rule.ts';
import { rule as hashRemap } from './hash-remap/rule.ts';
import { rule as hashWithoutPolicy } from '../formats/envoy/rules/hash-without-policy/rule.ts';
import { rule as healthCheckRemovedOrWeakened } from './health-check-removed-or-weakened/rule.ts';
import { rule as healthNotPropagated } from '../formats/traefik/rules/health-not-propagated/rule.ts';
import { rule as impliedLocality } from '../formats/kubernetes/rules/implied-locality/rule.ts';
import { rule as ineffectiveWarmup } from '../formats/kubernetes/rules/ineffective-warmup/rule.ts';
import { rule as ingressNginxRetired } from '../formats/kubernetes/rules/ingress-nginx-retired/rule.ts';
import { rule as invalidWeight } from './invalid-weight/rule.ts';
import { rule as limitLowered } from './limit-lowered/rule.ts';
import { rule as listenerChanged } from './listener-changed/rule.ts';
import { rule as loadfactorBreaksTies } from '../formats/apache/rules/loadfactor-breaks-ties/rule.ts';
import { rule as localTrafficUneven } from '../formats/kubernetes/rules/local-traffic-uneven/rule.ts';
import { rule as localityWeightIgnored } from '../formats/envoy/rules/locality-weight-ignored/rule.ts';
import { rule as longConnectTimeout } from './long-connect-timeout/rule.ts';
import { rule as longConnectionsStay } from '../formats/haproxy/rules/long-connections-stay/rule.ts';
import { rule as longPenalty } from './long-penalty/rule.ts';
import { rule as longSlowStart } from './long-slow-start/rule.ts';
import { rule as longTimeout } from './long-timeout/rule.ts';
import { rule as lowCardinalityHashKey } from './low-cardinality-hash-key/rule.ts';
import { rule as malformedNumber } from './malformed-number/rule.ts';
import { rule as memberMerged } from '../formats/apache/rules/member-merged/rule.ts';
import { rule as methodOrder } from '../formats/nginx/rules/method-order/rule.ts';
import { rule as minconnRampStarves } from '../formats/haproxy/rules/minconn-ramp-starves/rule.ts';
import { rule as missingGrant } from '../formats/kubernetes/rules/missing-grant/rule.ts';
import { rule as missingTimeouts } from '../formats/haproxy/rules/missing-timeouts/rule.ts';
import { rule as mixedSettingsInPool } from './mixed-settings-in-pool/rule.ts';
import { rule as moduloHash } from './modulo-hash/rule.ts';
import { rule as n1Worse } from './n-1-worse/rule.ts';
import { rule as nMinus1 } from './n-minus-1/rule.ts';
import { rule as nameCountsTwice } from '../formats/nginx/rules/name-counts-twice/rule.ts';
import { rule as nginxNoZone } from '../formats/nginx/rules/nginx-no-zone/rule.ts';
import { rule as noActiveServer } from './no-active-server/rule.ts';
import { rule as noBackendIdentity } from './no-backend-identity/rule.ts';
import { rule as noHealthCheck } from './no-health-check/rule.ts';
import { rule as noRedispatch } from '../formats/haproxy/rules/no-redispatch/rule.ts';
import { rule as oddPortOut } from './odd-port-out/rule.ts';
import { rule as openProxy } from '../formats/nginx/rules/open-proxy/rule.ts';
import { rule as overloadedShareVsCapacity } from './overloaded-share-vs-capacity/rule.ts';
import { rule as partialCheck } from './partial-check/rule.ts';
import { rule as partialOrDuplicateStickyValue } from './partial-or-duplicate-sticky-value/rule.ts';
import { rule as passiveCheckDisabled } from './passive-check-disabled/rule.ts';
import { rule as persistenceException } from '../formats/haproxy/rules/persistence-exception/rule.ts';
import { rule as policy } from './policy/rule.ts';
import { rule as poolBypassed } from '../formats/nginx/rules/pool-bypassed/rule.ts';
import { rule as poolRemoved } from './pool-removed/rule.ts';
import { rule as probeCannotMeasure } from './probe-cannot-measure/rule.ts';
import { rule as proxyNeverReached } from '../formats/caddy/rules/proxy-never-reached/rule.ts';
import { rule as requestsRefused } from './requests-refused/rule.ts';
import { rule as retargetedRoute } from './retargeted-route/rule.ts';
import { rule as retryAmplification } from './retry-amplification/rule.ts';
import { rule as routeWithoutTarget } from './route-without-target/rule.ts';
import { rule as routerTie } from '../formats/traefik/rules/router-tie/rule.ts';
import { rule as routingHole } from '../formats/nginx/rules/routing-hole/rule.ts';
import { rule as sampleFavorsFirst } from '../formats/caddy/rules/sample-favors-first/rule.ts';
import { rule as schemaInvalid } from './schema-invalid/rule.ts';
import { rule as selectorMatchesNoPods } from '../formats/kubernetes/rules/selector-matches-no-pods/rule.ts';
import { rule as selfLoop } from './self-loop/rule.ts';
import { rule as serverDisabled } from './server-disabled/rule.ts';
import { rule as serverLeftDown } from './server-left-down/rule.ts';
import { rule as serverProtocolChanged } from './server-protocol-changed/rule.ts';
import { rule as serverRemoved } from './server-removed/rule.ts';
import { rule as shareShift } from './share-shift/rule.ts';
import { rule as singleLiveServer } from '../formats/nginx/rules/single-live-server/rule.ts';
import { rule as singleServer } from './single-server/rule.ts';
import { rule as slowDetection } from './slow-detection/rule.ts';
import { rule as slowStartIneffective } from './slow-start-ineffective/rule.ts';
import { rule as sourceHashBehindProxy } from './source-hash-behind-proxy/rule.ts';
import { rule as sparseRing } from './sparse-ring/rule.ts';
import { rule as staleDns } from './stale-dns/rule.ts';
import { rule as stateOutsidePool } from '../formats/haproxy/rules/state-outside-pool/rule.ts';
import { rule as stickinessChanged } from './stickiness-changed/rule.ts';
import { rule as stickyHoldsOldTarget } from './sticky-holds-old-target/rule.ts';
import { rule as stickyLevelMissing } from '../formats/traefik/rules/sticky-level-missing/rule.ts';
import { rule as stickyWithoutRoutes } from '../formats/apache/rules/sticky-without-routes/rule.ts';
import { rule as subsetWithoutEndpoint } from '../formats/envoy/rules/subset-without-endpoint/rule.ts';
import { rule as suppressionAdded } from './suppression-added/rule.ts';
import { rule as targetPortMissing } from '../formats/kubernetes/rules/target-port-missing/rule.ts';
import { rule as tcpOnlyCheck } from './tcp-only-check/rule.ts';
import { rule as tinyConnectionLimit } from './tiny-connection-limit/rule.ts';
import { rule as tlsMismatch } from './tls-mismatch/rule.ts';
import { rule as twitchyCheck } from './twitchy-check/rule.ts';
import { rule as unattachedPolicy } from '../formats/kubernetes/rules/unattached-policy/rule.ts';
import { rule as unattachedRoute } from '../formats/kubernetes/rules/unattached-route/rule.ts';
import { rule as uncheckedChild } from '../formats/traefik/rules/unchecked-child/rule.ts';
import { rule as undefinedPoolReference } from './undefined-pool-reference/rule.ts';
import { rule as undefinedSubset } from '../formats/kubernetes/rules/undefined-subset/rule.ts';
import { rule as unjudgedChange } from './unjudged-change/rule.ts';
import { rule as unknownHost } from '../formats/kubernetes/rules/unknown-host/rule.ts';
import { rule as unlistedServer } from './unlisted-server/rule.ts';
import { rule as unparsedBeforeOrAfter } from './unparsed-before-or-after/rule.ts';
import { rule as unreachableListenerRule } from '../formats/aws/rules/unreachable-listener-rule/rule.ts';
import { rule as unreachableRoute } from '../formats/haproxy/rules/unreachable-route/rule.ts';
import { rule as unreadableChange } from './unreadable-change/rule.ts';
import { rule as unreadyPodsServed } from '../formats/kubernetes/rules/unready-pods-served/rule.ts';
import { rule as unresolvedTemplateOrInclude } from './unresolved-template-or-include/rule.ts';
import { rule as unusedPool } from './unused-pool/rule.ts';
import { rule as upstreamKeepaliveOff } from '../formats/nginx/rules/upstream-keepalive-off/rule.ts';
import { rule as weightIgnored } from './weight-ignored/rule.ts';
import { rule as weightImbalance } from './weight-imbalance/rule.ts';
import { rule as weightsByPosition } from '../formats/caddy/rules/weights-by-position/rule.ts';
import { rule as weightsRewritten } from '../formats/kubernetes/rules/weights-rewritten/rule.ts';
import { rule as zeroWeightServer } from './zero-weight-server/rule.ts';
import { rule as zeroWeights } from '../formats/kubernetes/rules/zero-weights/rule.ts';
import { rule as zonalImbalance } from '../formats/aws/rules/zonal-imbalance/rule.ts';
import type { Rule } from './rule.ts';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  algorithmChanged,
  { ...algorithmOverridden, format: 'haproxy' },
  blastRadius,
  { ...callsStayOnOnePod, format: 'kubernetes' },
  { ...canaryIgnored, format: 'kubernetes' },
  canaryJump,
  { ...canaryWeightMisread, format: 'kubernetes' },
  { ...checkNeverRuns, format: 'caddy' },
  { ...checkOptionsWithoutCheck, format: 'haproxy' },
  checkTargetMismatch,
  checklistChanged,
  configUnparsable,
  { ...discoveredUnchecked, format: 'caddy' },
  duplicateServer,
  { ...ejectAll, format: 'kubernetes' },
  { ...emptySubset, format: 'kubernetes' },
  entryChanged,
  { ...errorsNotCounted, format: 'nginx' },
  { ...failoverNeverBuilds, format: 'traefik' },
  failoverOff,
  { ...failoverWithoutOutlier, format: 'kubernetes' },
  { ...failuresNotKept, format: 'caddy' },
  firstFitAlgorithm,
  { ...forgottenWeight, format: 'kubernetes' },
  hashIdentityShift,
  hashRemap,
  { ...hashWithoutPolicy, format: 'envoy' },
  healthCheckRemovedOrWeakened,
  { ...healthNotPropagated, format: 'traefik' },
  { ...impliedLocality, format: 'kubernetes' },
  { ...ineffectiveWarmup, format: 'kubernetes' },
  { ...ingressNginxRetired, format: 'kubernetes' },
  invalidWeight,
  limitLowered,
  listenerChanged,
  { ...loadfactorBreaksTies, format: 'apache' },
  { ...localTrafficUneven, format: 'kubernetes' },
  { ...localityWeightIgnored, format: 'envoy' },
  longConnectTimeout,
  { ...longConnectionsStay, format: 'haproxy' },
  longPenalty,
  longSlowStart,
  longTimeout,
  lowCardinalityHashKey,
  malformedNumber,
  { ...memberMerged, format: 'apache' },
  { ...methodOrder, format: 'nginx' },
  { ...minconnRampStarves, format: 'haproxy' },
  { ...missingGrant, format: 'kubernetes' },
  { ...missingTimeouts, format: 'haproxy' },
  mixedSettingsInPool,
  moduloHash,
  n1Worse,
  nMinus1,
  { ...nameCountsTwice, format: 'nginx' },
  { ...nginxNoZone, format: 'nginx' },
  noActiveServer,
  noBackendIdentity,
  noHealthCheck,
  { ...noRedispatch, format: 'haproxy' },
  oddPortOut,
  { ...openProxy, format: 'nginx' },
  overloadedShareVsCapacity,
  partialCheck,
  partialOrDuplicateStickyValue,
  passiveCheckDisabled,
  { ...persistenceException, format: 'haproxy' },
  policy,
  { ...poolBypassed, format: 'nginx' },
  poolRemoved,
  probeCannotMeasure,
  { ...proxyNeverReached, format: 'caddy' },
  requestsRefused,
  retargetedRoute,
  retryAmplification,
  routeWithoutTarget,
  { ...routerTie, format: 'traefik' },
  { ...routingHole, format: 'nginx' },
  { ...sampleFavorsFirst, format: 'caddy' },
  schemaInvalid,
  { ...selectorMatchesNoPods, format: 'kubernetes' },
  selfLoop,
  serverDisabled,
  serverLeftDown,
  serverProtocolChanged,
  serverRemoved,
  shareShift,
  { ...singleLiveServer, format: 'nginx' },
  singleServer,
  slowDetection,
  slowStartIneffective,
  sourceHashBehindProxy,
  sparseRing,
  staleDns,
  { ...stateOutsidePool, format: 'haproxy' },
  stickinessChanged,
  stickyHoldsOldTarget,
  { ...stickyLevelMissing, format: 'traefik' },
  { ...stickyWithoutRoutes, format: 'apache' },
  { ...subsetWithoutEndpoint, format: 'envoy' },
  suppressionAdded,
  { ...targetPortMissing, format: 'kubernetes' },
  tcpOnlyCheck,
  tinyConnectionLimit,
  tlsMismatch,
  twitchyCheck,
  { ...unattachedPolicy, format: 'kubernetes' },
  { ...unattachedRoute, format: 'kubernetes' },
  { ...uncheckedChild, format: 'traefik' },
  undefinedPoolReference,
  { ...undefinedSubset, format: 'kubernetes' },
  unjudgedChange,
  { ...unknownHost, format: 'kubernetes' },
  unlistedServer,
  unparsedBeforeOrAfter,
  { ...unreachableListenerRule, format: 'aws' },
  { ...unreachableRoute, format: 'haproxy' },
  unreadableChange,
  { ...unreadyPodsServed, format: 'kubernetes' },
  unresolvedTemplateOrInclude,
  unusedPool,
  { ...upstreamKeepaliveOff, format: 'nginx' },
  weightIgnored,
  weightImbalance,
  { ...weightsByPosition, format: 'caddy' },
  { ...weightsRewritten, format: 'kubernetes' },
  zeroWeightServer,
  { ...zeroWeights, format: 'kubernetes' },
  { ...zonalImbalance, format: 'aws' },
];
