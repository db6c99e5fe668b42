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
const HEIGHT = 150;
const LEFT = 40;
const RIGHT = 20;
const BOTTOM = 24;
const TOP = 16;
const FLOOR = HEIGHT - BOTTOM;

/** The chart as SVG, under its title and what the colours stand for; layers in which nothing is are left out. */
export function timelineChart({title, times, layers, fault}: Chart): string {
  const shown = layers.filter(({values}) => values.some((value) => value > 0));
  const endMs = (times.at(-1) ?? 0) + INTERVAL_MS;
  const highest = Math.max(
    1,
    ...times.map((_, position) => shown.reduce((sum, {values}) => sum + (values[position] ?? 0), 0)),
  );
  const x = (ms: number) => round(LEFT + (Math.min(ms, endMs) / endMs) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(FLOOR - (value / highest) * (FLOOR - TOP));
  const barWidth = round(Math.max(1, x(INTERVAL_MS) - x(0) - 1));

  const bars = times.flatMap((ms, position) => {
    let below = 0;
    return shown.map(({values, colour}) => {
      const value = values[position] ?? 0;
      below += value;
      return value === 0
        ? ''
        : `<rect x="${x(ms)}" y="${y(below)}" width="${barWidth}" height="${round(y(0) - y(value))}" fill="${colour}"/>`;
    });
  });
  // Not more labels than fit.
  const step = Math.max(1, Math.ceil(endMs / 30_000));
  const seconds = Array.from({length: Math.floor(endMs / 1000 / step) + 1}, (_, position) => position * step)
    .map((second) => `<text x="${x(second * 1000)}" y="${HEIGHT - 6}">${second} s</text>`)
    .join('');
  const legend = shown.map(({name, colour}) => `<span><i style="background:${colour}"></i>${escaped(name)}</span>`);
  return `<figure>
<figcaption><b>${escaped(title)}</b>${legend.join('')}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
${fault ? shade(fault, x) : ''}
${bars.join('')}
<line x1="${LEFT}" y1="${y(0)}" x2="${WIDTH - RIGHT}" y2="${y(0)}" stroke="#4a5568"/>
<text x="0" y="${y(highest) + 10}">${Math.round(highest)}</text>${seconds}
</svg>
</figure>`;
}

/** Pale while it is being injected and healed, darker from when it is seen in effect until its healing begins. */
function shade({startMs, provenMs, healStartMs, healedMs}: FaultTimes, x: (ms: number) => number): string {
  const band = (fromMs: number, toMs: number, colour: string) =>
    `<rect x="${x(fromMs)}" y="${TOP}" width="${round(x(toMs) - x(fromMs))}" height="${FLOOR - TOP}" fill="${colour}"/>`;
  return `${band(startMs, healedMs, '#fbeddc')}${band(provenMs, healStartMs, '#f3cfa3')}
<text x="${x(startMs) + 3}" y="${TOP - 4}">fault</text>`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
