import { StatementTable } from '../../model/statement.ts';
import { rowMakers } from '../rows.ts';

const PROVIDER = 'https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources';
const LANGUAGE = 'https://developer.hashicorp.com/terraform/language';

/** Every value of it is in the model. */
const { read } = rowMakers((page) => `${PROVIDER}/${page}`, { whole: true });
const { harmless } = rowMakers((manual) => manual);

const each = (types: string, names: string): string =>
  types
    .split(', ')
    .flatMap((type) => names.split(', ').map((name) => `${type} ${name}`))
    .join(', ');

const OURS = 'aws_lb, aws_lb_listener, aws_lb_listener_rule, aws_lb_target_group, aws_lb_target_group_attachment';

/**
 * What begins a statement: the type of the resource, then the blocks and the attribute in it. Types that are in no row are in
 * `traffic.ts` when they route traffic, and otherwise have nothing to do with a load balancer.
 */
export const TABLE = new StatementTable([
  harmless(
    'names, tags and life cycle',
    `${LANGUAGE}/meta-arguments`,
    each(OURS, 'name, name_prefix, tags, tags_all, lifecycle, depends_on, provider, timeouts, region'),
  ),
  harmless(
    'logs and protection',
    `${PROVIDER}/lb`,
    each(
      'aws_lb',
      'access_logs, connection_logs, health_check_logs, enable_deletion_protection, drop_invalid_header_fields, enable_tls_version_and_cipher_suite_headers, enable_xff_client_port, preserve_host_header, xff_header_processing_mode',
    ),
  ),
  harmless(
    'certificates and ciphers',
    `${PROVIDER}/lb_listener`,
    'aws_lb_listener certificate_arn, aws_lb_listener ssl_policy, aws_lb_listener_certificate, aws_acm_certificate, aws_acm_certificate_validation',
  ),
  read('algorithm', 'lb_target_group', 'algorithm', 'aws_lb_target_group load_balancing_algorithm_type'),
  read('health check', 'lb_target_group', 'check', 'aws_lb_target_group health_check'),
  read('stickiness', 'lb_target_group', 'stickiness', 'aws_lb_target_group stickiness'),
  read('slow start', 'lb_target_group', 'servers', 'aws_lb_target_group slow_start'),
  read('zones', 'lb_target_group', 'options', 'aws_lb_target_group load_balancing_cross_zone_enabled'),
  read('target group', 'lb_target_group', 'servers check algorithm stickiness options', 'aws_lb_target_group'),
  read('target', 'lb_target_group_attachment', 'servers options', 'aws_lb_target_group_attachment'),
  read('load balancer', 'lb', 'entry listen options requests', 'aws_lb'),
  read('listener', 'lb_listener', 'listen entry', 'aws_lb_listener'),
  read('default action', 'lb_listener', 'requests', 'aws_lb_listener default_action'),
  read('rule', 'lb_listener_rule', 'requests', 'aws_lb_listener_rule'),
  read(
    'zone of a target',
    'instance',
    'options servers',
    'aws_instance availability_zone, aws_instance subnet_id, aws_subnet availability_zone, aws_subnet availability_zone_id',
  ),
  read('number of targets', 'instance', 'servers', 'aws_instance count, aws_instance for_each'),
  {
    ...read(
      'value that is used elsewhere',
      '',
      'servers check algorithm stickiness limits timeouts requests entry listen options',
      'variable, locals, output, values, module',
    ),
    manual: `${LANGUAGE}/values`,
  },
  {
    kind: 'read',
    what: 'module of the registry',
    manual: 'https://registry.terraform.io/modules/terraform-aws-modules/alb/aws/latest',
    words: each(
      'community',
      'target_groups, listeners, http_tcp_listeners, https_listeners, http_tcp_listener_rules, https_listener_rules, load_balancer_type, enable_cross_zone_load_balancing, idle_timeout',
    ).split(', '),
    shows: ['servers', 'check', 'algorithm', 'stickiness', 'requests', 'entry', 'listen', 'options'],
  },
  harmless(
    'names and tags of a module',
    LANGUAGE,
    each(
      'community',
      'name, tags, lb_tags, target_group_tags, access_logs, version, providers, depends_on, https_listeners_tags, http_tcp_listeners_tags, https_listener_rules_tags, http_tcp_listener_rules_tags',
    ),
  ),
  harmless('settings of Terraform', LANGUAGE, 'terraform, provider, data, moved, import, removed, check, ephemeral'),
]);
