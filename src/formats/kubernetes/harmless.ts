import type { TreeShape } from '../tree-table.ts';
import { ROUTING_ELEMENTS, ROUTING_KINDS, ROUTING_ORDERED, ROUTING_ROWS } from './routing-rows.ts';
import { harmless, named, of, read } from './rows.ts';

const API = 'https://kubernetes.io/docs/reference/kubernetes-api/';
const ANNOTATIONS = 'https://kubernetes.io/docs/reference/labels-annotations-taints/';
const INGRESS_NGINX = 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/';

const SERVICE = ['Service'];
const INGRESS = ['networking.k8s.io/Ingress'];
const SLICES = ['discovery.k8s.io/EndpointSlice'];
const ENDPOINTS = ['Endpoints'];
const SETS = [
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/ReplicaSet',
  'apps/DaemonSet',
  'ReplicationController',
  'argoproj.io/Rollout',
];
const SCALERS = ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject'];
const ALL = [
  ...SERVICE,
  ...INGRESS,
  ...SLICES,
  ...ENDPOINTS,
  ...SETS,
  ...SCALERS,
  'Pod',
  'flagger.app/Canary',
  'networking.k8s.io/IngressClass',
  ...ROUTING_KINDS,
];

/** What runs in a container, as far as it says nothing about readiness and ports. */
const CONTAINER = [
  'name',
  'image',
  'imagePullPolicy',
  'command',
  'args',
  'env',
  'envFrom',
  'resources',
  'volumeMounts',
  'volumeDevices',
  'securityContext',
  'workingDir',
  'stdin',
  'tty',
  'terminationMessagePath',
  'terminationMessagePolicy',
];

/** What a pod runs with, as far as it says nothing about where it runs and when it ends. */
const POD = [
  'volumes',
  'serviceAccount',
  'serviceAccountName',
  'automountServiceAccountToken',
  'imagePullSecrets',
  'securityContext',
  'initContainers',
  'restartPolicy',
  'enableServiceLinks',
  'schedulerName',
];

const inPods = (paths: readonly string[]): readonly string[] => [
  ...of(SETS, ...paths.map((path) => `spec.template.spec.${path}`)),
  ...of(['Pod'], ...paths.map((path) => `spec.${path}`)),
];

/** Every value that is read is in the model: as a field, or as a setting of the pool or entry that it belongs to. */
export const SHAPE: TreeShape = {
  elements: {
    ...named(SERVICE, { 'spec.ports': ['name', 'port'] }),
    ...named(INGRESS, { 'spec.rules': ['host'], 'spec.rules.http.paths': ['path'], 'spec.tls': ['secretName'] }),
    ...named(SETS, {
      'spec.template.spec.containers': ['name'],
      'spec.template.spec.initContainers': ['name'],
      'spec.template.spec.volumes': ['name'],
      'spec.template.spec.containers.env': ['name'],
      'spec.template.spec.containers.ports': ['name', 'containerPort'],
      'spec.template.spec.containers.volumeMounts': ['mountPath'],
    }),
    ...named(['Pod'], { 'spec.containers': ['name'], 'spec.containers.env': ['name'], 'spec.volumes': ['name'] }),
    ...ROUTING_ELEMENTS,
  },
  ordered: ROUTING_ORDERED,
  rows: [
    ...ROUTING_ROWS,
    harmless('kinds and names', `${API}common-definitions/object-meta/`, of(ALL, 'apiVersion', 'kind')),
    read(
      'names',
      `${API}common-definitions/object-meta/`,
      'servers requests entry',
      of(ALL, 'metadata.name', 'metadata.namespace'),
    ),
    harmless('labels of objects', `${API}common-definitions/object-meta/`, [
      ...of([...SERVICE, ...INGRESS, ...ENDPOINTS, ...SETS, ...SCALERS], 'metadata.labels'),
      ...of(
        ALL,
        'metadata.creationTimestamp',
        'metadata.uid',
        'metadata.resourceVersion',
        'metadata.generation',
        'status',
      ),
    ]),
    harmless('notes of tools', ANNOTATIONS, [
      ...of(
        ALL,
        ...[
          'kubectl.kubernetes.io/*',
          'meta.helm.sh/*',
          'helm.sh/*',
          'argocd.argoproj.io/*',
          'checksum/*',
          'kubernetes.io/change-cause',
          'prometheus.io/*',
          'cert-manager.io/*',
        ].map((key) => `metadata.annotations."${key}"`),
      ),
      ...of(SETS, 'metadata.annotations', 'spec.template.metadata.annotations'),
    ]),
    read('Services', `${API}service-resources/service-v1/`, 'servers stickiness options requests', of(SERVICE, 'spec')),
    read('annotations of Services', ANNOTATIONS, 'options', of(SERVICE, 'metadata.annotations')),
    read('endpoints', `${API}service-resources/endpoint-slice-v1/`, 'servers', [
      ...of(SLICES, 'endpoints', 'ports', 'addressType', 'metadata.labels'),
      ...of(ENDPOINTS, 'subsets'),
    ]),
    read('replicas', `${API}workload-resources/deployment-v1/`, 'servers', of(SETS, 'spec.replicas')),
    read('labels of pods', `${API}workload-resources/deployment-v1/`, 'servers options', [
      ...of(SETS, 'spec.selector', 'spec.template.metadata.labels'),
      ...of(['Pod'], 'metadata.labels'),
    ]),
    read(
      'readiness probes',
      `${API}workload-resources/pod-v1/#Probe`,
      'check servers',
      inPods(['containers.readinessProbe']),
    ),
    read(
      'ports of containers',
      `${API}workload-resources/pod-v1/#Container`,
      'servers check',
      inPods(['containers.ports']),
    ),
    harmless(
      'containers',
      `${API}workload-resources/pod-v1/#Container`,
      inPods(CONTAINER.map((key) => `containers.${key}`)),
    ),
    harmless('pods', `${API}workload-resources/pod-v1/`, [
      ...inPods(POD),
      ...of(
        SETS,
        'spec.template.metadata.name',
        'spec.template.metadata.creationTimestamp',
        'spec.revisionHistoryLimit',
      ),
    ]),
    read(
      'autoscalers',
      `${API}workload-resources/horizontal-pod-autoscaler-v2/`,
      'servers',
      of(SCALERS, 'spec.scaleTargetRef'),
    ),
    read('Ingresses', `${API}service-resources/ingress-v1/`, 'requests entry hosts listen options', [
      ...of(INGRESS, 'spec'),
    ]),
    read('annotations of Ingresses', INGRESS_NGINX, 'requests entry options algorithm stickiness check servers', [
      ...of(INGRESS, 'metadata.annotations'),
    ]),
  ],
};
