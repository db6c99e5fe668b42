/**
 * `kubectl rollout restart` writes the time into the pod template. The next deploy would take it out again, and so roll
 * all pods once more.
 */
export const keepRestarts = {
  ignoreChanges: ['spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]'],
};
