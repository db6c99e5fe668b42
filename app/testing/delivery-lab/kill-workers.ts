// npm run kill-workers [KILLS]: kills workers while they deliver, and tells what was lost and what came twice.
import {runWorkerKills} from './worker-kills.ts';

const kills = Number(process.argv[2] ?? 100);
if (!Number.isInteger(kills) || kills < 1 || kills > 10_000) {
  console.error(`KILLS: ${JSON.stringify(process.argv[2])}, expected a whole number from 1 to 10000`);
  process.exit(64);
}
const report = await runWorkerKills({kills, workers: 3, messagesPerKill: 30, claimMs: 4000});
const rows: [string, string | number][] = [
  ...Object.entries(report.kills).map(([moment, count]): [string, number] => [`workers killed ${moment}`, count]),
  ['messages queued', report.messages],
  ['lost', report.lost],
  ['twice, its bearer killed before it could note it (at least once)', report.explained],
  ['twice for another reason', report.unexplained],
  ['seconds', report.seconds.toFixed(0)],
];
const width = Math.max(...rows.map(([what]) => what.length));
for (const [what, value] of rows) console.log(`${what.padEnd(width)}  ${String(value).padStart(6)}`);
process.exit(report.lost + report.unexplained === 0 ? 0 : 1);
