/** Route configurations; see `../messages.ts` for the notation. */
export const ROUTE = `
RouteConfiguration name:s virtual_hosts:=VirtualHost* vhds:=Vhds internal_only_headers:s*
  response_headers_to_add:=HeaderValueOption* response_headers_to_remove:s* request_headers_to_add:=HeaderValueOption*
  request_headers_to_remove:s* most_specific_header_mutations_wins:b validate_clusters:b
  max_direct_response_body_size_bytes:u cluster_specifier_plugins:=ClusterSpecifierPlugin*
  request_mirror_policies:=RouteAction.RequestMirrorPolicy* ignore_port_in_host_matching:b vhost_header:s
  ignore_path_parameters_in_path_matching:b typed_per_filter_config:?% metadata:?
VirtualHost name:s! domains:s*! routes:=Route* matcher:? require_tls:@VirtualHost.TlsRequirementType
  virtual_clusters:?* rate_limits:?* request_headers_to_add:=HeaderValueOption* request_headers_to_remove:s*
  response_headers_to_add:=HeaderValueOption* response_headers_to_remove:s* cors:=CorsPolicy
  typed_per_filter_config:?% include_request_attempt_count:b include_attempt_count_in_response:b
  retry_policy:=RetryPolicy retry_policy_typed_config:? hedge_policy:=HedgePolicy include_is_timeout_retry_header:b
  per_request_buffer_limit_bytes:u request_body_buffer_limit:u
  request_mirror_policies:=RouteAction.RequestMirrorPolicy* metadata:?
Route name:s match:=RouteMatch! route:=RouteAction redirect:=RedirectAction direct_response:=DirectResponseAction
  filter_action:=FilterAction non_forwarding_action:=NonForwardingAction metadata:? decorator:=Decorator
  typed_per_filter_config:?% request_headers_to_add:=HeaderValueOption* request_headers_to_remove:s*
  response_headers_to_add:=HeaderValueOption* response_headers_to_remove:s* tracing:? per_request_buffer_limit_bytes:u
  stat_prefix:s request_body_buffer_limit:u !route|redirect|direct_response|filter_action|non_forwarding_action
RouteMatch prefix:s path:s safe_regex:=RegexMatcher connect_matcher:=RouteMatch.ConnectMatcher path_separated_prefix:s
  path_match_policy:=TypedExtensionConfig case_sensitive:b runtime_fraction:=RuntimeFractionalPercent
  headers:=HeaderMatcher* query_parameters:=QueryParameterMatcher* cookies:=CookieMatcher*
  grpc:=RouteMatch.GrpcRouteMatchOptions tls_context:=RouteMatch.TlsContextMatchOptions dynamic_metadata:?*
  filter_state:?* !prefix|path|safe_regex|connect_matcher|path_separated_prefix|path_match_policy
RouteMatch.ConnectMatcher
RuntimeFractionalPercent default_value:=FractionalPercent! runtime_key:s
HeaderMatcher name:s! exact_match:s safe_regex_match:=RegexMatcher range_match:=Int64Range present_match:b
  prefix_match:s+ suffix_match:s+ contains_match:s+ string_match:=StringMatcher invert_match:b
  treat_missing_header_as_empty:b
  ?exact_match|safe_regex_match|range_match|present_match|prefix_match|suffix_match|contains_match|string_match
QueryParameterMatcher name:s! string_match:=StringMatcher present_match:b ?string_match|present_match
CookieMatcher name:s! string_match:=StringMatcher! invert_match:b
RouteMatch.GrpcRouteMatchOptions
RouteMatch.TlsContextMatchOptions presented:b validated:b
RouteAction cluster:s+ cluster_header:s+ weighted_clusters:=WeightedCluster cluster_specifier_plugin:s
  inline_cluster_specifier_plugin:=ClusterSpecifierPlugin
  cluster_not_found_response_code:@RouteAction.ClusterNotFoundResponseCode metadata_match:? prefix_rewrite:s
  regex_rewrite:? path_rewrite_policy:=TypedExtensionConfig path_rewrite:s host_rewrite_literal:s auto_host_rewrite:b
  host_rewrite_header:s host_rewrite_path_regex:? host_rewrite:s append_x_forwarded_host:b timeout:d idle_timeout:d
  flush_timeout:d early_data_policy:=TypedExtensionConfig retry_policy:=RetryPolicy retry_policy_typed_config:?
  request_mirror_policies:=RouteAction.RequestMirrorPolicy* priority:@RoutingPriority rate_limits:?*
  include_vh_rate_limits:b hash_policy:=RouteAction.HashPolicy* cors:=CorsPolicy max_grpc_timeout:d
  grpc_timeout_offset:d upgrade_configs:=RouteAction.UpgradeConfig* internal_redirect_policy:=InternalRedirectPolicy
  internal_redirect_action:@RouteAction.InternalRedirectAction max_internal_redirects:u hedge_policy:=HedgePolicy
  max_stream_duration:=RouteAction.MaxStreamDuration
  !cluster|cluster_header|weighted_clusters|cluster_specifier_plugin|inline_cluster_specifier_plugin
  ?host_rewrite_literal|auto_host_rewrite|host_rewrite_header|host_rewrite_path_regex|host_rewrite
WeightedCluster clusters:=WeightedCluster.ClusterWeight*! total_weight:u runtime_key_prefix:s header_name:s
  use_hash_policy:b ?header_name|use_hash_policy
WeightedCluster.ClusterWeight name:s cluster_header:s weight:u metadata_match:?
  request_headers_to_add:=HeaderValueOption* request_headers_to_remove:s* response_headers_to_add:=HeaderValueOption*
  response_headers_to_remove:s* typed_per_filter_config:?% host_rewrite_literal:s
ClusterSpecifierPlugin extension:=TypedExtensionConfig! is_optional:b
RetryPolicy retry_on:s num_retries:u per_try_timeout:d per_try_idle_timeout:d
  retry_priority:=RetryPolicy.RetryPriority retry_host_predicate:=RetryPolicy.RetryHostPredicate*
  retry_options_predicates:=TypedExtensionConfig* host_selection_retry_max_attempts:i retriable_status_codes:u*
  retry_back_off:=RetryPolicy.RetryBackOff rate_limited_retry_back_off:? retriable_headers:=HeaderMatcher*
  retriable_request_headers:=HeaderMatcher*
RetryPolicy.RetryPriority name:s! typed_config:?
RetryPolicy.RetryHostPredicate name:s! typed_config:?
RetryPolicy.RetryBackOff base_interval:d[>0..]! max_interval:d[>0..]
RouteAction.RequestMirrorPolicy cluster:s cluster_header:s runtime_fraction:=RuntimeFractionalPercent trace_sampled:b
  disable_shadow_host_suffix_append:b request_headers_mutations:?* host_rewrite_literal:s
CorsPolicy allow_origin_string_match:=StringMatcher* allow_methods:s allow_headers:s expose_headers:s max_age:s
  allow_credentials:b filter_enabled:=RuntimeFractionalPercent shadow_enabled:=RuntimeFractionalPercent
  allow_private_network_access:b forward_not_matching_preflights:b
RouteAction.UpgradeConfig upgrade_type:s! enabled:b connect_config:=RouteAction.UpgradeConfig.ConnectConfig
RouteAction.UpgradeConfig.ConnectConfig proxy_protocol_config:? allow_post:b
InternalRedirectPolicy max_internal_redirects:u redirect_response_codes:u* predicates:=TypedExtensionConfig*
  allow_cross_scheme_redirect:b response_headers_to_copy:s*
HedgePolicy initial_requests:u[1..] additional_request_chance:=FractionalPercent hedge_on_per_try_timeout:b
RouteAction.MaxStreamDuration max_stream_duration:d grpc_timeout_header_max:d grpc_timeout_header_offset:d
RedirectAction https_redirect:b scheme_redirect:s host_redirect:s port_redirect:u path_redirect:s prefix_rewrite:s
  regex_rewrite:? response_code:@RedirectAction.RedirectResponseCode strip_query:b ?https_redirect|scheme_redirect
  ?path_redirect|prefix_rewrite|regex_rewrite
DirectResponseAction status:u[200..<600] body:=DataSource body_format:?
DataSource filename:s+ inline_bytes:s inline_string:s environment_variable:s+ watched_directory:?
  !filename|inline_bytes|inline_string|environment_variable
FilterAction action:?
NonForwardingAction
Decorator operation:s! propagate:b
Vhds config_source:?!
`;
