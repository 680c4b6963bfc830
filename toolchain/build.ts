import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { cached } from "../setup/cache";
import { step } from "../setup/progress";
import { onPath } from "./find";
import { pulumiVersion } from "./versions";

const sources = join(__dirname, "pulumi-cli");

/** The Pulumi CLI built from its Go module, once for every checkout of this user. */
export async function builtPulumi(goFolders = "/usr/local/go/bin:/usr/lib/go/bin"): Promise<string> {
	const folder = await cached(`pulumi-${pulumiVersion}-built`, async (temporary) => {
		const go = onPath("go") ?? onPath("go", goFolders);
		if (!go) {
			throw new Error(
				`neither the Pulumi CLI nor Go is on this machine, and Pulumi's own download cannot be reached. Install Pulumi (https://www.pulumi.com/docs/iac/download-install/) or Go 1.25 or newer (Debian: apt-get install golang), and run this again.`,
			);
		}
		await step(`Pulumi CLI ${pulumiVersion}, built with Go (about 5 minutes, once)`, () => build(go, temporary));
	});
	return join(folder, "pulumi");
}

/** Builds with go.mod and go.sum copied, because the checkout may be read-only. */
async function build(go: string, folder: string): Promise<void> {
	for (const file of ["go.mod", "go.sum"]) copyFileSync(join(sources, file), join(folder, file));
	const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pulumiVersion}`;
	const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", `-s -w ${version}`, "-o", "pulumi"];
	await execa(go, [...args, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"], {
		cwd: folder,
		env: { CGO_ENABLED: "0", GOWORK: "off" },
		stdin: "ignore",
	});
}
