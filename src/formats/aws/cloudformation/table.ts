import type { StatementRow, Topic } from '../../../model/statement.ts';
import { TreeTable } from '../../tree-table.ts';

const REFERENCE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const ELB = 'AWS::ElasticLoadBalancingV2';

const ALL: readonly Topic[] = ['servers', 'check', 'algorithm', 'stickiness', 'requests', 'entry', 'listen', 'options'];

const read = (what: string, shows: string, words: string): StatementRow => ({
  kind: 'read',
  what,
  manual: `${REFERENCE}/AWS_ElasticLoadBalancingV2.html`,
  words: words.split(', '),
  shows: shows.split(' ') as Topic[],
});

const harmless = (what: string, words: readonly string[]): StatementRow => ({
  kind: 'harmless',
  what,
  manual: `${REFERENCE}/aws-attributes.html`,
  words,
});

const OURS = ['LoadBalancer', 'TargetGroup', 'Listener', 'ListenerRule'].map((type) => `${ELB}::${type}`);
const OTHERS = ['AWS::EC2::Instance', 'AWS::EC2::Subnet', 'AWS::ECS::Service', 'AWS::AutoScaling::AutoScalingGroup'];
const under = (types: readonly string[], names: string): string[] =>
  types.flatMap((type) => names.split(', ').map((name) => `${type}.${name}`));

/** Paths begin with the type of the resource. */
export const TABLE = new TreeTable({
  rows: [
    harmless('names and what a stack does with a resource', [
      ...under(
        [...OURS, ...OTHERS],
        'Type, Metadata, DeletionPolicy, UpdateReplacePolicy, DependsOn, Properties.Tags, Properties.Name',
      ),
      ...under([`${ELB}::Listener`], 'Properties.Certificates, Properties.SslPolicy'),
      'Outputs',
      'Parameters.*.Description',
      'Parameters.*.Type',
      'Parameters.*.AllowedPattern',
      'Parameters.*.ConstraintDescription',
    ]),
    read('target group', 'servers check algorithm stickiness options', `${ELB}::TargetGroup`),
    read('load balancer', 'entry listen options requests', `${ELB}::LoadBalancer`),
    read('listener', 'requests entry listen', `${ELB}::Listener`),
    read('rule', 'requests', `${ELB}::ListenerRule`),
    read(
      'zone of a target',
      'servers options',
      'AWS::EC2::Instance.Properties.AvailabilityZone, AWS::EC2::Instance.Properties.SubnetId, AWS::EC2::Subnet.Properties.AvailabilityZone',
    ),
    harmless('what runs on a target', ['AWS::EC2::Instance', 'AWS::EC2::Subnet']),
    { ...read('value that is used elsewhere', '', 'Parameters, Mappings, Conditions'), shows: ALL },
  ],
  elements: Object.fromEntries([
    ...OURS.map((type) => [
      `${type}.Properties.${type.endsWith('::TargetGroup') ? 'TargetGroup' : 'LoadBalancer'}Attributes`,
      ['Key'],
    ]),
    [`${ELB}::TargetGroup.Properties.Targets`, ['Id']],
  ]) as Record<string, readonly string[]>,
});

/** Types that can change what reaches a target and that are not read. */
const ROUTING =
  /^AWS::(?:ElasticLoadBalancing|EC2::(?:SecurityGroup|NetworkAcl|Route)|Route53|WAF|GlobalAccelerator|CodeDeploy::DeploymentGroup|ECS::|AutoScaling::)/;

/** Whether a resource is looked at: it is read, or may route traffic. Every other one is none of ours. */
export function isLookedAt(type: string): boolean {
  return ROUTING.test(type) || OTHERS.includes(type);
}
