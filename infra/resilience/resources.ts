/** k6 with 400 users, each of them some MB. */
export const loadPodResources = {cpuRequestMillis: 200, memoryRequestMiB: 512, memoryLimitMiB: 1024};

export const chaosPodResources = {cpuRequestMillis: 100, memoryRequestMiB: 256, memoryLimitMiB: 512};
