import type {FaultTimes} from '../history.ts';
import {INTERVAL_MS} from './series.ts';

/** Stacked bars over time, with the fault as a shade behind them. */
export interface Chart {
  readonly title: string;
  /** Start of each interval, ms. */
  readonly times: readonly number[];
  readonly layers: readonly {readonly name: string; readonly colour: string; readonly values: readonly number[]}[];
  readonly fault: FaultTimes | null;
}

const WIDTH = 960;
const HEIGHT = 180;
const LEFT = 40;
const RIGHT = 20;
const BOTTOM = 24;
const TOP = 24;

/** The chart as SVG. */
export function timelineChart({title, times, layers, fault}: Chart): string {
  const endMs = (times.at(-1) ?? 0) + INTERVAL_MS;
  const highest = Math.max(
    1,
    ...times.map((_, position) => layers.reduce((sum, {values}) => sum + (values[position] ?? 0), 0)),
  );
  const x = (ms: number) => round(LEFT + (ms / endMs) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(HEIGHT - BOTTOM - (value / highest) * (HEIGHT - BOTTOM - TOP));
  const barWidth = round(Math.max(1, x(INTERVAL_MS) - x(0) - 1));

  const bars = times.flatMap((ms, position) => {
    let below = 0;
    return layers.map(({values, colour}) => {
      const value = values[position] ?? 0;
      below += value;
      return value === 0
        ? ''
        : `<rect x="${x(ms)}" y="${y(below)}" width="${barWidth}" height="${round(y(0) - y(value))}" fill="${colour}"/>`;
    });
  });
  const shade = fault
    ? `<rect x="${x(fault.startMs)}" y="${TOP}" width="${round(x(fault.healedMs) - x(fault.startMs))}" height="${HEIGHT - BOTTOM - TOP}" fill="#f6d9b8"/>
<text x="${x(fault.startMs) + 3}" y="${TOP + 12}">fault</text>`
    : '';
  // Not more labels than fit.
  const step = Math.max(1, Math.ceil(endMs / 30_000));
  const seconds = Array.from({length: Math.floor(endMs / 1000 / step) + 1}, (_, position) => position * step)
    .map((second) => `<text x="${x(second * 1000)}" y="${HEIGHT - 6}">${second} s</text>`)
    .join('');
  let legendX = LEFT + 200;
  const legend = layers
    .map(({name, colour}) => {
      const entry = `<rect x="${legendX}" y="4" width="10" height="10" fill="${colour}"/><text x="${legendX + 14}" y="13">${escaped(name)}</text>`;
      legendX += 26 + 6 * name.length;
      return entry;
    })
    .join('');
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<text x="${LEFT}" y="13">${escaped(title)}</text>${legend}
${shade}
${bars.join('')}
<line x1="${LEFT}" y1="${y(0)}" x2="${WIDTH - RIGHT}" y2="${y(0)}" stroke="#4a5568"/>
<text x="0" y="${y(highest) + 10}">${Math.round(highest)}</text>${seconds}
</svg>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
