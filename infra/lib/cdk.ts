/**
 * The only file that imports the CDK for Terraform. Version 0.21 is the last one of its authors; a move to a successor
 * with the same interface (such as cdktn) is an edit of this file and of package.json.
 */

export type {TerraformRemoteState} from 'cdktf';
export {App, AssetType, LocalBackend, S3Backend, TerraformAsset, TerraformBackend, TerraformStack} from 'cdktf';
export {Construct} from 'constructs';
