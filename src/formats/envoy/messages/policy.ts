/** Load balancing policies as extensions; see `../messages.ts` for the notation. */
export const POLICY = `
RoundRobin slow_start_config:=SlowStartConfig locality_lb_config:=LocalityLbConfig
SlowStartConfig slow_start_window:d aggression:=RuntimeDouble min_weight_percent:=Percent
LocalityLbConfig zone_aware_lb_config:=LocalityLbConfig.ZoneAwareLbConfig
  locality_weighted_lb_config:=LocalityLbConfig.LocalityWeightedLbConfig
  !zone_aware_lb_config|locality_weighted_lb_config
LocalityLbConfig.ZoneAwareLbConfig routing_enabled:=Percent min_cluster_size:u fail_traffic_on_panic:b
  force_locality_direct_routing:b force_local_zone:=LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone
  locality_basis:@LocalityLbConfig.ZoneAwareLbConfig.LocalityBasis
LocalityLbConfig.ZoneAwareLbConfig.ForceLocalZone min_size:u
LocalityLbConfig.LocalityWeightedLbConfig
LeastRequest choice_count:u[2..] active_request_bias:=RuntimeDouble slow_start_config:=SlowStartConfig
  locality_lb_config:=LocalityLbConfig enable_full_scan:b selection_method:@LeastRequest.SelectionMethod
Random locality_lb_config:=LocalityLbConfig
RingHash hash_function:@RingHash.HashFunction minimum_ring_size:u[1..8388608] maximum_ring_size:u[..8388608]
  use_hostname_for_hashing:b hash_balance_factor:u[100..] consistent_hashing_lb_config:=ConsistentHashingLbConfig
  locality_weighted_lb_config:=LocalityLbConfig.LocalityWeightedLbConfig
ConsistentHashingLbConfig use_hostname_for_hashing:b hash_balance_factor:u[100..] hash_policy:=RouteAction.HashPolicy*
RouteAction.HashPolicy header:=RouteAction.HashPolicy.Header cookie:=RouteAction.HashPolicy.Cookie
  connection_properties:=RouteAction.HashPolicy.ConnectionProperties
  query_parameter:=RouteAction.HashPolicy.QueryParameter filter_state:=RouteAction.HashPolicy.FilterState terminal:b
  !header|cookie|connection_properties|query_parameter|filter_state
RouteAction.HashPolicy.Header header_name:s! regex_rewrite:?
RouteAction.HashPolicy.Cookie name:s! ttl:d path:s attributes:=RouteAction.HashPolicy.CookieAttribute*
RouteAction.HashPolicy.CookieAttribute name:s! value:s
RouteAction.HashPolicy.ConnectionProperties source_ip:b
RouteAction.HashPolicy.QueryParameter name:s!
RouteAction.HashPolicy.FilterState key:s!
Maglev table_size:u[..5000011] consistent_hashing_lb_config:=ConsistentHashingLbConfig
  locality_weighted_lb_config:=LocalityLbConfig.LocalityWeightedLbConfig
PickFirst shuffle_address_list:b
Subset fallback_policy:@Subset.LbSubsetFallbackPolicy default_subset:? subset_selectors:=Subset.LbSubsetSelector*
  allow_redundant_keys:b locality_weight_aware:b scale_locality_weight:b panic_mode_any:b list_as_any:b
  metadata_fallback_policy:@Subset.LbSubsetMetadataFallbackPolicy subset_lb_policy:=LoadBalancingPolicy!
Subset.LbSubsetSelector keys:s* single_host_per_subset:b
  fallback_policy:@Subset.LbSubsetSelector.LbSubsetSelectorFallbackPolicy fallback_keys_subset:s*
WrrLocality endpoint_picking_policy:=LoadBalancingPolicy!
ClientSideWeightedRoundRobin enable_oob_load_report:b oob_reporting_period:d blackout_period:d
  weight_expiration_period:d weight_update_period:d error_utilization_penalty:f[0.0..]
  metric_names_for_computing_utilization:s* slow_start_config:=SlowStartConfig
ClusterProvided
`;
