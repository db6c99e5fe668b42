// npm run build [-- DIRECTORY]: the service as the image runs it, `node DIRECTORY/app/main.js`.
import {bundleService} from './bundle.ts';

const [directory = 'dist', ...rest] = process.argv.slice(2);
if (rest.length > 0) {
  console.error('usage: npm run build [-- DIRECTORY]');
  process.exit(64);
}
const {entry} = await bundleService(directory);
console.log(`start it with: node ${entry}`);
