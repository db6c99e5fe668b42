import type {Profile} from './profile.ts';

/** Every load shape, by name. A new one is one more entry here. */
export const profiles: readonly Profile[] = [
  {
    name: 'smoke',
    description: 'few users for a short time: does everything work at all',
    startPerSecond: 6,
    stages: [{targetPerSecond: 6, durationSeconds: 15}],
    stopsWhenBroken: false,
  },
  {
    name: 'load',
    description: 'the traffic of a usual busy hour, shortened',
    startPerSecond: 5,
    stages: [
      {targetPerSecond: 40, durationSeconds: 30},
      {targetPerSecond: 40, durationSeconds: 120},
      {targetPerSecond: 5, durationSeconds: 15},
    ],
    stopsWhenBroken: false,
  },
  {
    name: 'stress',
    description: 'twice the busy hour, held: does it stay within its objectives, and scale',
    startPerSecond: 10,
    stages: [
      {targetPerSecond: 80, durationSeconds: 60},
      {targetPerSecond: 80, durationSeconds: 240},
      {targetPerSecond: 5, durationSeconds: 30},
    ],
    stopsWhenBroken: false,
  },
  {
    name: 'spike',
    description: 'ten times the usual rate within two seconds, and back: a sale starts, a bot arrives',
    startPerSecond: 10,
    stages: [
      {targetPerSecond: 10, durationSeconds: 10},
      {targetPerSecond: 100, durationSeconds: 2},
      {targetPerSecond: 100, durationSeconds: 15},
      {targetPerSecond: 10, durationSeconds: 2},
      {targetPerSecond: 10, durationSeconds: 16},
    ],
    stopsWhenBroken: false,
  },
  {
    name: 'breakpoint',
    description: 'more and more until an objective breaks; the exit code 99 is the expected end',
    startPerSecond: 20,
    stages: [{targetPerSecond: 1000, durationSeconds: 300}],
    stopsWhenBroken: true,
  },
];

/** @throws Error that lists the profiles when there is none of this name. */
export function profileNamed(name: string): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found) return found;
  throw new Error(`unknown profile '${name}'; there are: ${profiles.map((profile) => profile.name).join(', ')}`);
}
