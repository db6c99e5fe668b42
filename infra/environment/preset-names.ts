export const presetNames = ['generic', 'kind', 'k3s', 'eks', 'gke', 'aks', 'openshift'] as const;

export type PresetName = (typeof presetNames)[number];
