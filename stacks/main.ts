import {loadEnvironment} from '../infra/environment/load.ts';
import {App} from '../infra/lib/cdk.ts';
import {environmentVariable} from '../infra/lib/environment-variable.ts';
import {projectRoot} from '../infra/lib/project-root.ts';
import {buildStacks} from './build.ts';

const {name, environment} = loadEnvironment(process.env[environmentVariable] ?? 'example', projectRoot);
const app = new App();
buildStacks(app, {environmentName: name, environment});
app.synth();
