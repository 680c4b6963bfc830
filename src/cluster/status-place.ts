// What a loader is called, and where it says what it has found. Beside loader.ts and not from it: that file needs
// Pulumi, and the command line starts in half the time without.

/** The value of the label `app.kubernetes.io/name` of all loaders' DaemonSets and pods. */
export const loaderName = "pulumi-apparmor-loader";

/** The label with the name of the distribution. */
export const distributionLabel = "app.kubernetes.io/instance";

/** The loader's container in its pod. */
export const statusContainer = "loader";

/** The file in that container, one line of JSON. */
export const statusFile = "/run/pulumi-apparmor/status.json";
