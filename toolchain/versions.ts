/** The Pulumi CLI that is built or downloaded where the machine has none; go.mod in pulumi-cli/ pins its sources. */
export const pulumiVersion = "3.259.0";

/** The official `command` resource plugin that belongs to the npm package @pulumi/command of the same version. */
export const commandPluginVersion = "1.2.1";

/** The official `kubernetes` resource plugin that belongs to the npm package @pulumi/kubernetes of the same version. */
export const kubernetesPluginVersion = "4.34.2";
