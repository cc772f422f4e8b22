/** Types of resources that can change what reaches a server and that are not read: what changes in them is not judged. */
const ROUTING = new RegExp(
  `^(?:${[
    'aws_(?:elb|lb|alb|load_balancer|app_cookie|lb_cookie|proxy_protocol|proxy)(?:_|$)',
    'aws_(?:default_)?(?:security_group|network_acl|vpc_security_group)',
    'aws_(?:default_)?route(?:_|$)',
    'aws_route53_(?:record|health_check|traffic)',
    'aws_(?:ecs_service|autoscaling_group|autoscaling_attachment|codedeploy_deployment_group)$',
    'aws_(?:globalaccelerator|cloudfront_distribution|vpclattice|wafv2|wafregional|shield|appmesh|service_discovery)',
    'aws_(?:apigateway|api_gateway|apigatewayv2)',
    'google_compute_(?:region_|global_)?(?:backend|url_map|forwarding|target|health_check|http|https|ssl|network_endpoint|instance_group|security_policy)',
    'azurerm_(?:lb|application_gateway|traffic_manager|frontdoor|cdn_frontdoor|network_interface_(?:backend|application))',
    '(?:cloudflare|digitalocean|hcloud|linode|oci|openstack|scaleway|vultr|ibm|alicloud)_.*(?:load_?balanc|lb|nodebalancer|slb)',
    'kubernetes_(?:service|ingress|deployment|stateful_set|manifest)|kubectl_manifest|helm_release',
  ].join('|')})`,
);

/** What in such a resource changes nothing about who gets a request. */
const NAMING = new Set([
  'name',
  'name_prefix',
  'description',
  'tags',
  'tags_all',
  'lifecycle',
  'depends_on',
  'provider',
  'ttl',
  'comment',
]);

/** What in a service or group of machines decides how many targets it registers, and where. */
const REGISTERING =
  /^(?:load_balancer|target_group_arns|lb_target_group_arn|alb_target_group_arn|traffic_source|autoscaling_group_name|desired_\w+|min_size|max_size|count|for_each|deployment_\w+|availability_zone\w*|vpc_zone_identifier|network_configuration|health_check_grace_period\w*|scheduling_strategy|launch_type|load_balancers)$/;

/** Whether a change of a statement of a resource that is not read may change what reaches a server. */
export function mayRoute(type: string, path: readonly string[]): boolean {
  const [first = ''] = path;
  if (!ROUTING.test(type) || NAMING.has(first)) return false;
  return /^aws_(?:ecs_service|autoscaling_group)$/.test(type) ? path.length === 0 || REGISTERING.test(first) : true;
}

/** Whether a module is about load balancers, by its source or its name. */
export function isBalancerModule(source: string, name: string): boolean {
  return [source, name].some((text) =>
    /(?:^|[^a-z])(?:[aneg]?lb|elbv2|load-?_?balanc\w*|target-?_?groups?|listeners?|ingress)(?:[^a-z]|$)/i.test(text),
  );
}
