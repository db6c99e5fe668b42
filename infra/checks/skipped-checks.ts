/** Checks of checkov that are left out, each with its reason; one that is not listed here and fails, fails the scan. */
export const skippedChecks: Readonly<Record<string, string>> = {
  CKV_K8S_11: 'CPU limits: a limit throttles a pod while its node idles; requests and the quota bound what is taken',
  CKV_K8S_15: 'imagePullPolicy Always: tags are pinned, and a node that has the image starts pods without the registry',
  CKV_K8S_43: 'images by digest: the environment may name digests; tags other than latest are accepted',
  CKV_K8S_38: 'service account token: chaos alone has one, to ask the API server for its faults',
};
