/** The bootstrap, listeners and filter chains; see `../messages.ts` for the notation. */
export const LISTENER = `
Bootstrap node:? node_context_params:s* static_resources:=Bootstrap.StaticResources
  dynamic_resources:=Bootstrap.DynamicResources cluster_manager:? hds_config:? flags_path:s stats_sinks:?*
  deferred_stat_options:=Bootstrap.DeferredStatOptions stats_config:? stats_flush_interval:d stats_flush_on_admin:b
  stats_eviction_interval:d watchdog:? watchdogs:? tracing:? layered_runtime:=LayeredRuntime admin:?
  overload_manager:? enable_dispatcher_stats:b header_prefix:s stats_server_version_override:u
  use_tcp_for_dns_lookups:b dns_resolution_config:? typed_dns_resolver_config:=TypedExtensionConfig
  bootstrap_extensions:=TypedExtensionConfig* fatal_actions:?* config_sources:?* default_config_source:?
  default_socket_interface:s certificate_provider_instances:=TypedExtensionConfig% inline_headers:?*
  perf_tracing_file_path:s default_regex_engine:=TypedExtensionConfig xds_delegate_extension:=TypedExtensionConfig
  xds_config_tracker_extension:=TypedExtensionConfig listener_manager:=TypedExtensionConfig
  application_log_config:=Bootstrap.ApplicationLogConfig
  grpc_async_client_manager_config:=Bootstrap.GrpcAsyncClientManagerConfig memory_allocator_manager:?
Bootstrap.StaticResources listeners:=Listener* clusters:=Cluster* secrets:?*
Listener name:s address:=Address additional_addresses:=AdditionalAddress* stat_prefix:s filter_chains:=FilterChain*
  fcds_config:=Listener.FcdsConfig filter_chain_matcher:? use_original_dst:b default_filter_chain:=FilterChain
  per_connection_buffer_limit_bytes:u metadata:? deprecated_v1:=Listener.DeprecatedV1 drain_type:@Listener.DrainType
  listener_filters:=ListenerFilter* listener_filters_timeout:d continue_on_listener_filters_timeout:b transparent:b
  freebind:b socket_options:?* tcp_fast_open_queue_length:u traffic_direction:@TrafficDirection udp_listener_config:?
  api_listener:? connection_balance_config:? reuse_port:b enable_reuse_port:b access_log:?* tcp_backlog_size:u
  max_connections_to_accept_per_socket_event:u[>0..] bind_to_port:b internal_listener:=Listener.InternalListenerConfig
  enable_mptcp:b ignore_global_conn_limit:b bypass_overload_manager:b tcp_keepalive:?
AdditionalAddress address:=Address socket_options:? tcp_keepalive:?
FilterChain filter_chain_match:=FilterChainMatch filters:=Filter* use_proxy_proto:b metadata:?
  transport_socket:=TransportSocket transport_socket_connect_timeout:d name:s
FilterChainMatch destination_port:u[1..65535] prefix_ranges:?* address_suffix:s suffix_len:u
  direct_source_prefix_ranges:?* source_type:@FilterChainMatch.ConnectionSourceType source_prefix_ranges:?*
  source_ports:u* server_names:s* transport_protocol:s application_protocols:s*
Filter name:s! typed_config:? config_discovery:? ?typed_config|config_discovery
Listener.FcdsConfig name:s config_source:?
Listener.DeprecatedV1 bind_to_port:b
ListenerFilter name:s! typed_config:? config_discovery:? filter_disabled:=ListenerFilterChainMatchPredicate
  ?typed_config|config_discovery
ListenerFilterChainMatchPredicate or_match:=ListenerFilterChainMatchPredicate.MatchSet
  and_match:=ListenerFilterChainMatchPredicate.MatchSet not_match:=ListenerFilterChainMatchPredicate any_match:b
  destination_port_range:=Int32Range !or_match|and_match|not_match|any_match|destination_port_range
ListenerFilterChainMatchPredicate.MatchSet rules:=ListenerFilterChainMatchPredicate*
Int32Range start:i end:i
Listener.InternalListenerConfig
Bootstrap.DynamicResources lds_config:? lds_resources_locator:s cds_config:? cds_resources_locator:s ads_config:?
Bootstrap.DeferredStatOptions enable_deferred_creation_stats:b
LayeredRuntime layers:=RuntimeLayer*
RuntimeLayer name:s! static_layer:? disk_layer:=RuntimeLayer.DiskLayer admin_layer:?
  rtds_layer:=RuntimeLayer.RtdsLayer !static_layer|disk_layer|admin_layer|rtds_layer
RuntimeLayer.DiskLayer symlink_root:s subdirectory:s append_service_cluster:b
RuntimeLayer.RtdsLayer name:s rtds_config:?
Bootstrap.ApplicationLogConfig log_format:=Bootstrap.ApplicationLogConfig.LogFormat
Bootstrap.ApplicationLogConfig.LogFormat json_format:? text_format:s !json_format|text_format
Bootstrap.GrpcAsyncClientManagerConfig max_cached_entry_idle_duration:d
`;
