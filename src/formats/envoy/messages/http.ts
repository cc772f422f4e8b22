/** The HTTP connection manager and the TCP proxy; see `../messages.ts` for the notation. */
export const HTTP = `
HttpConnectionManager codec_type:@HttpConnectionManager.CodecType stat_prefix:s! rds:=Rds
  route_config:=RouteConfiguration scoped_routes:? http_filters:=HttpFilter* add_user_agent:b tracing:?
  common_http_protocol_options:? http1_safe_max_connection_duration:b http_protocol_options:? http2_protocol_options:?
  http3_protocol_options:? server_name:s
  server_header_transformation:@HttpConnectionManager.ServerHeaderTransformation scheme_header_transformation:?
  max_request_headers_kb:u[>0..8192] stream_idle_timeout:d stream_flush_timeout:d request_timeout:d
  request_headers_timeout:d drain_timeout:d delayed_close_timeout:d access_log:?* access_log_flush_interval:d
  flush_access_log_on_new_request:b access_log_options:? use_remote_address:b xff_num_trusted_hops:u
  original_ip_detection_extensions:=TypedExtensionConfig* early_header_mutation_extensions:=TypedExtensionConfig*
  internal_address_config:? skip_xff_append:b via:s generate_request_id:b preserve_external_request_id:b
  always_set_request_id_in_response:b forward_client_cert_details:@HttpConnectionManager.ForwardClientCertDetails
  set_current_client_cert_details:? forward_client_cert_matcher:? proxy_100_continue:b
  represent_ipv4_remote_address_as_ipv4_mapped_ipv6:b upgrade_configs:=HttpConnectionManager.UpgradeConfig*
  normalize_path:b merge_slashes:b
  path_with_escaped_slashes_action:@HttpConnectionManager.PathWithEscapedSlashesAction
  request_id_extension:=RequestIDExtension local_reply_config:=LocalReplyConfig strip_matching_host_port:b
  strip_any_host_port:b stream_error_on_invalid_http_message:b path_normalization_options:? strip_trailing_host_dot:b
  proxy_status_config:? typed_header_validation_config:=TypedExtensionConfig append_x_forwarded_port:b
  append_local_overload:b add_proxy_protocol_connection_state:b forward_proto_config:=ForwardProtoConfig
  !rds|route_config|scoped_routes
Rds config_source:? route_config_name:s
HttpFilter name:s! typed_config:? config_discovery:? is_optional:b disabled:b ?typed_config|config_discovery
HttpConnectionManager.UpgradeConfig upgrade_type:s filters:=HttpFilter* enabled:b
RequestIDExtension typed_config:?
LocalReplyConfig mappers:=ResponseMapper* body_format:?
ResponseMapper filter:?! status_code:u[200..<600] body:=DataSource body_format_override:?
  headers_to_add:=HeaderValueOption*
ForwardProtoConfig https_destination_ports:u* http_destination_ports:u*
TcpProxy stat_prefix:s! cluster:s weighted_clusters:=TcpProxy.WeightedCluster on_demand:? metadata_match:?
  idle_timeout:d downstream_idle_timeout:d upstream_idle_timeout:d access_log:?* max_connect_attempts:u[1..]
  backoff_options:? hash_policy:?* tunneling_config:? max_downstream_connection_duration:d
  max_downstream_connection_duration_jitter_percentage:=Percent access_log_flush_interval:d
  flush_access_log_on_connected:b access_log_options:=TcpProxy.TcpAccessLogOptions proxy_protocol_tlvs:?*
  upstream_connect_mode:@UpstreamConnectMode max_early_data_bytes:u[..1048576] !cluster|weighted_clusters
TcpProxy.WeightedCluster clusters:=TcpProxy.WeightedCluster.ClusterWeight*!
TcpProxy.WeightedCluster.ClusterWeight name:s! weight:u[1..] metadata_match:?
TcpProxy.TcpAccessLogOptions access_log_flush_interval:d flush_access_log_on_connected:b flush_access_log_on_start:b
`;
