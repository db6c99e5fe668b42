/** By it the commands tell the CDK's program which environment to build: a name or a path, as after `--env`. */
export const environmentVariable = 'OTP_ENVIRONMENT';
