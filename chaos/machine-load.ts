import {readFileSync} from 'node:fs';
import {monitorEventLoopDelay, performance} from 'node:perf_hooks';

/** How much of its processors the machine had left for a run: with too little, times say something about the machine alone. */
export interface MachineLoad {
  /** The longest time for which the runner itself did not get to run. */
  readonly runnerStallMs: number;
  /** Part of the run in which some process of the machine waited for a processor, 0–1; undefined where the system does not tell. */
  readonly cpuPressure: number | undefined;
  /** Whether the service runs on this machine: if not, only what keeps the runner itself waiting falsifies its times. */
  readonly runsService: boolean;
}

/** Watches the machine from now on. @returns what ends the watch and says what was seen. */
export function watchMachine(runsService: boolean): () => MachineLoad {
  const stalls = monitorEventLoopDelay({resolution: 10});
  stalls.enable();
  const startMs = performance.now();
  const startWaitedMs = waitedForCpuMs();
  return () => {
    stalls.disable();
    const endWaitedMs = waitedForCpuMs();
    const waited = startWaitedMs === undefined || endWaitedMs === undefined ? undefined : endWaitedMs - startWaitedMs;
    return {
      runnerStallMs: Math.round(stalls.max / 1e6),
      cpuPressure: waited === undefined ? undefined : waited / (performance.now() - startMs),
      runsService,
    };
  };
}

/** Linux' pressure stall information: for how long, since its start, at least one process had to wait. */
function waitedForCpuMs(): number | undefined {
  try {
    const micros = /^some .*total=(\d+)$/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1];
    return micros === undefined ? undefined : Number(micros) / 1000;
  } catch {
    // Another system, or a kernel without it.
    return undefined;
  }
}
