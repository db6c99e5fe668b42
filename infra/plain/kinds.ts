/** Kubernetes' names of the resources that the stacks use; a resource that is not here fails `npm run manifests`. */
export const kinds: Readonly<Record<string, {readonly apiVersion: string; readonly kind: string}>> = {
  kubernetes_config_map_v1: {apiVersion: 'v1', kind: 'ConfigMap'},
  kubernetes_cron_job_v1: {apiVersion: 'batch/v1', kind: 'CronJob'},
  kubernetes_deployment_v1: {apiVersion: 'apps/v1', kind: 'Deployment'},
  kubernetes_horizontal_pod_autoscaler_v2: {apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler'},
  kubernetes_ingress_v1: {apiVersion: 'networking.k8s.io/v1', kind: 'Ingress'},
  kubernetes_labels: {apiVersion: 'v1', kind: 'Namespace'},
  kubernetes_limit_range_v1: {apiVersion: 'v1', kind: 'LimitRange'},
  kubernetes_network_policy_v1: {apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy'},
  kubernetes_pod_disruption_budget_v1: {apiVersion: 'policy/v1', kind: 'PodDisruptionBudget'},
  kubernetes_resource_quota_v1: {apiVersion: 'v1', kind: 'ResourceQuota'},
  kubernetes_role_binding_v1: {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding'},
  kubernetes_role_v1: {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role'},
  kubernetes_service_account_v1: {apiVersion: 'v1', kind: 'ServiceAccount'},
  kubernetes_service_v1: {apiVersion: 'v1', kind: 'Service'},
  kubernetes_stateful_set_v1: {apiVersion: 'apps/v1', kind: 'StatefulSet'},
};
