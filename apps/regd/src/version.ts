// The version of the checkout, which all programs have; that of a workspace means nothing.
import packageJson from '../../../package.json' with { type: 'json' };

export const version: string = packageJson.version;
