/** Clusters, their endpoints and health checks; see `../messages.ts` for the notation. */
export const CLUSTER = `
Cluster transport_socket_matches:=Cluster.TransportSocketMatch* transport_socket_matcher:? name:s! alt_stat_name:s
  type:@Cluster.DiscoveryType cluster_type:=Cluster.CustomClusterType eds_cluster_config:=Cluster.EdsClusterConfig
  connect_timeout:d[>0..] per_connection_buffer_limit_bytes:u lb_policy:@Cluster.LbPolicy
  load_assignment:=ClusterLoadAssignment health_checks:=HealthCheck* max_requests_per_connection:u
  circuit_breakers:=CircuitBreakers upstream_http_protocol_options:? common_http_protocol_options:?
  http_protocol_options:? http2_protocol_options:? typed_extension_protocol_options:?% dns_refresh_rate:d[>0..]
  dns_jitter:d dns_failure_refresh_rate:=Cluster.RefreshRate respect_dns_ttl:b
  dns_lookup_family:@Cluster.DnsLookupFamily dns_resolvers:=Address* use_tcp_for_dns_lookups:b dns_resolution_config:?
  typed_dns_resolver_config:=TypedExtensionConfig wait_for_warm_on_init:b outlier_detection:=OutlierDetection
  cleanup_interval:d[>0..] upstream_bind_config:=BindConfig lb_subset_config:=Cluster.LbSubsetConfig
  ring_hash_lb_config:=Cluster.RingHashLbConfig maglev_lb_config:=Cluster.MaglevLbConfig
  original_dst_lb_config:=Cluster.OriginalDstLbConfig least_request_lb_config:=Cluster.LeastRequestLbConfig
  round_robin_lb_config:=Cluster.RoundRobinLbConfig common_lb_config:=Cluster.CommonLbConfig
  transport_socket:=TransportSocket metadata:? protocol_selection:@Cluster.ClusterProtocolSelection
  upstream_connection_options:? close_connections_on_host_health_failure:b ignore_health_on_host_removal:b
  filters:=Filter* load_balancing_policy:=LoadBalancingPolicy lrs_server:? lrs_report_endpoint_metrics:s*
  track_timeout_budgets:b upstream_config:=TypedExtensionConfig track_cluster_stats:=TrackClusterStats
  preconnect_policy:? connection_pool_per_downstream_connection:b ?type|cluster_type
  ?ring_hash_lb_config|maglev_lb_config|original_dst_lb_config|least_request_lb_config|round_robin_lb_config
Cluster.TransportSocketMatch name:s! match:? transport_socket:=TransportSocket
TransportSocket name:s! typed_config:?
Cluster.CustomClusterType name:s! typed_config:?
Cluster.EdsClusterConfig eds_config:? service_name:s
ClusterLoadAssignment cluster_name:s! endpoints:=LocalityLbEndpoints* named_endpoints:=Endpoint%
  policy:=ClusterLoadAssignment.Policy
LocalityLbEndpoints locality:=Locality metadata:? lb_endpoints:=LbEndpoint*
  load_balancer_endpoints:=LocalityLbEndpoints.LbEndpointList leds_cluster_locality_config:?
  load_balancing_weight:u[1..] priority:u[..128] proximity:u ?load_balancer_endpoints|leds_cluster_locality_config
Locality region:s zone:s sub_zone:s
LbEndpoint endpoint:=Endpoint endpoint_name:s health_status:@HealthStatus metadata:? load_balancing_weight:u[1..]
  ?endpoint|endpoint_name
Endpoint address:=Address health_check_config:=Endpoint.HealthCheckConfig hostname:s
  additional_addresses:=Endpoint.AdditionalAddress*
Address socket_address:=SocketAddress pipe:=Pipe envoy_internal_address:? !socket_address|pipe|envoy_internal_address
SocketAddress protocol:@SocketAddress.Protocol address:s! port_value:u[..65535] named_port:s resolver_name:s
  ipv4_compat:b network_namespace_filepath:s !port_value|named_port
Pipe path:s! mode:u[..511]
Endpoint.HealthCheckConfig port_value:u[..65535] hostname:s address:=Address disable_active_health_check:b
Endpoint.AdditionalAddress address:=Address
LocalityLbEndpoints.LbEndpointList lb_endpoints:=LbEndpoint*
ClusterLoadAssignment.Policy drop_overloads:=ClusterLoadAssignment.Policy.DropOverload*
  overprovisioning_factor:u[>0..] endpoint_stale_after:d[>0..] weighted_priority_health:b
ClusterLoadAssignment.Policy.DropOverload category:s! drop_percentage:=FractionalPercent
FractionalPercent numerator:u denominator:@FractionalPercent.DenominatorType
HealthCheck timeout:d[>0..]! interval:d[>0..]! initial_jitter:d interval_jitter:d interval_jitter_percent:u
  unhealthy_threshold:u! healthy_threshold:u! alt_port:u reuse_connection:b
  http_health_check:=HealthCheck.HttpHealthCheck tcp_health_check:=HealthCheck.TcpHealthCheck
  grpc_health_check:=HealthCheck.GrpcHealthCheck custom_health_check:=HealthCheck.CustomHealthCheck
  no_traffic_interval:d[>0..] no_traffic_healthy_interval:d[>0..] unhealthy_interval:d[>0..]
  unhealthy_edge_interval:d[>0..] healthy_edge_interval:d[>0..] event_log_path:s event_logger:=TypedExtensionConfig*
  event_service:? always_log_health_check_failures:b always_log_health_check_success:b
  tls_options:=HealthCheck.TlsOptions transport_socket_match_criteria:?
  !http_health_check|tcp_health_check|grpc_health_check|custom_health_check
HealthCheck.HttpHealthCheck host:s path:s! send:=HealthCheck.Payload receive:=HealthCheck.Payload*
  response_buffer_size:u[0..] request_headers_to_add:=HeaderValueOption* request_headers_to_remove:s*
  expected_statuses:=Int64Range* retriable_statuses:=Int64Range* codec_client_type:@CodecClientType
  service_name_matcher:=StringMatcher method:@RequestMethod
HealthCheck.Payload text:s+ binary:s !text|binary
HeaderValueOption header:=HeaderValue! append:b append_action:@HeaderValueOption.HeaderAppendAction keep_empty_value:b
HeaderValue key:s! value:s raw_value:s
Int64Range start:i end:i
StringMatcher exact:s prefix:s+ suffix:s+ safe_regex:=RegexMatcher contains:s+ custom:? ignore_case:b
  !exact|prefix|suffix|safe_regex|contains|custom
RegexMatcher google_re2:=RegexMatcher.GoogleRE2 regex:s!
RegexMatcher.GoogleRE2 max_program_size:u
HealthCheck.TcpHealthCheck send:=HealthCheck.Payload receive:=HealthCheck.Payload* proxy_protocol_config:?
HealthCheck.GrpcHealthCheck service_name:s authority:s initial_metadata:=HeaderValueOption*
HealthCheck.CustomHealthCheck name:s! typed_config:?
TypedExtensionConfig name:s! typed_config:?!
HealthCheck.TlsOptions alpn_protocols:s*
CircuitBreakers thresholds:=CircuitBreakers.Thresholds* per_host_thresholds:=CircuitBreakers.Thresholds*
CircuitBreakers.Thresholds priority:@RoutingPriority max_connections:u max_pending_requests:u max_requests:u
  max_retries:u retry_budget:=CircuitBreakers.Thresholds.RetryBudget track_remaining:b max_connection_pools:u
CircuitBreakers.Thresholds.RetryBudget budget_percent:=Percent min_retry_concurrency:u
Percent value:f[0.0..100.0]
Cluster.RefreshRate base_interval:d[>0..]! max_interval:d[>0..]
OutlierDetection consecutive_5xx:u interval:d[>0..] base_ejection_time:d[>0..] max_ejection_percent:u[..100]
  enforcing_consecutive_5xx:u[..100] enforcing_success_rate:u[..100] success_rate_minimum_hosts:u
  success_rate_request_volume:u success_rate_stdev_factor:u consecutive_gateway_failure:u
  enforcing_consecutive_gateway_failure:u[..100] split_external_local_origin_errors:b
  consecutive_local_origin_failure:u enforcing_consecutive_local_origin_failure:u[..100]
  enforcing_local_origin_success_rate:u[..100] failure_percentage_threshold:u[..100]
  enforcing_failure_percentage:u[..100] enforcing_failure_percentage_local_origin:u[..100]
  failure_percentage_minimum_hosts:u failure_percentage_request_volume:u max_ejection_time:d[>0..]
  max_ejection_time_jitter:d successful_active_health_check_uneject_host:b monitors:=TypedExtensionConfig*
  always_eject_one_host:b
BindConfig source_address:=SocketAddress freebind:b socket_options:?* extra_source_addresses:?*
  additional_source_addresses:=SocketAddress* local_address_selector:=TypedExtensionConfig
Cluster.LbSubsetConfig fallback_policy:@Cluster.LbSubsetConfig.LbSubsetFallbackPolicy default_subset:?
  subset_selectors:=Cluster.LbSubsetConfig.LbSubsetSelector* locality_weight_aware:b scale_locality_weight:b
  panic_mode_any:b list_as_any:b metadata_fallback_policy:@Cluster.LbSubsetConfig.LbSubsetMetadataFallbackPolicy
Cluster.LbSubsetConfig.LbSubsetSelector keys:s* single_host_per_subset:b
  fallback_policy:@Cluster.LbSubsetConfig.LbSubsetSelector.LbSubsetSelectorFallbackPolicy fallback_keys_subset:s*
Cluster.RingHashLbConfig minimum_ring_size:u[..8388608] hash_function:@Cluster.RingHashLbConfig.HashFunction
  maximum_ring_size:u[..8388608]
Cluster.MaglevLbConfig table_size:u[..5000011]
Cluster.OriginalDstLbConfig use_http_header:b http_header_name:s upstream_port_override:u[..65535] metadata_key:?
Cluster.LeastRequestLbConfig choice_count:u[2..] active_request_bias:=RuntimeDouble
  slow_start_config:=Cluster.SlowStartConfig
RuntimeDouble default_value:f runtime_key:s
Cluster.SlowStartConfig slow_start_window:d aggression:=RuntimeDouble min_weight_percent:=Percent
Cluster.RoundRobinLbConfig slow_start_config:=Cluster.SlowStartConfig
Cluster.CommonLbConfig healthy_panic_threshold:=Percent zone_aware_lb_config:=Cluster.CommonLbConfig.ZoneAwareLbConfig
  locality_weighted_lb_config:=Cluster.CommonLbConfig.LocalityWeightedLbConfig update_merge_window:d
  ignore_new_hosts_until_first_hc:b close_connections_on_host_set_change:b
  consistent_hashing_lb_config:=Cluster.CommonLbConfig.ConsistentHashingLbConfig override_host_status:?
  ?zone_aware_lb_config|locality_weighted_lb_config
Cluster.CommonLbConfig.ZoneAwareLbConfig routing_enabled:=Percent min_cluster_size:u fail_traffic_on_panic:b
Cluster.CommonLbConfig.LocalityWeightedLbConfig
Cluster.CommonLbConfig.ConsistentHashingLbConfig use_hostname_for_hashing:b hash_balance_factor:u[100..]
Filter name:s! typed_config:? config_discovery:?
LoadBalancingPolicy policies:=LoadBalancingPolicy.Policy*
LoadBalancingPolicy.Policy typed_extension_config:=TypedExtensionConfig
TrackClusterStats timeout_budgets:b request_response_sizes:b per_endpoint_stats:b
ClusterConfig clusters:s*!
DnsCluster dns_refresh_rate:d[>0..] dns_failure_refresh_rate:=DnsCluster.RefreshRate respect_dns_ttl:b dns_jitter:d
  typed_dns_resolver_config:=TypedExtensionConfig dns_lookup_family:@DnsLookupFamily
  all_addresses_in_single_endpoint:b
DnsCluster.RefreshRate base_interval:d[>0..]! max_interval:d[>0..]
`;
