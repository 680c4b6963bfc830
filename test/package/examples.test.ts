import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../sandbox/cluster";
import { ensureToolchain, PulumiProject } from "../../toolchain";

const checkout = dirname(dirname(__dirname));
const folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-examples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of an example whose dependencies are the checkout's own: installing for real is tarball.test.ts's part. */
async function projectOf(example: string, configuration: string): Promise<PulumiProject> {
	const program = join(folder, example);
	cpSync(join(checkout, "examples", example), program, {
		recursive: true,
		filter: (path) => !path.endsWith("node_modules"),
	});
	const { dependencies, devDependencies } = JSON.parse(readFileSync(join(program, "package.json"), "utf8"));
	for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
		const link = join(program, "node_modules", name);
		mkdirSync(dirname(link), { recursive: true });
		symlinkSync(name === "pulumi-apparmor" ? checkout : join(checkout, "node_modules", name), link);
	}
	writeFileSync(join(folder, "key"), "k");
	writeFileSync(join(program, "Pulumi.production.yaml"), configuration);
	const toolchain = await ensureToolchain();
	return new PulumiProject({ toolchain, program, stateFolder: join(folder, `${example}-state`) });
}

describe("the examples compile, and their previews show", () => {
	it("host: one host and its profile", async () => {
		const project = await projectOf(
			"host",
			`config:\n  apparmor-host:host: 127.0.0.1\n  apparmor-host:privateKeyFile: ${folder}/key\n  apparmor-host:hostKey: ssh-ed25519 AAAA\n`,
		);
		const { summary } = await project.preview({ stack: "production" });
		// The stack, the profile, its agent and its command.
		expect(summary).toEqual({ create: 4 });
	});

	it("staged-stacks: two hosts with two profiles in production", async () => {
		const file = join(checkout, "examples", "staged-stacks", "Pulumi.production.yaml");
		const configuration = readFileSync(file, "utf8").replace(/privateKeyFile: .*/, `privateKeyFile: ${folder}/key`);
		const project = await projectOf("staged-stacks", configuration);
		const { summary, steps } = await project.preview({ stack: "production" });
		const commands = steps
			.filter(({ urn }) => urn.includes("command:remote:Command"))
			.map(({ urn }) => urn.split("::")[3]);
		expect(commands.sort()).toEqual([
			"agent@production-1",
			"agent@production-2",
			"shop-worker@production-1",
			"shop-worker@production-2",
			"shop@production-1",
			"shop@production-2",
		]);
		expect(summary).toEqual({ create: 11 });
	});

	describe("on a cluster", () => {
		let plane: ControlPlane;
		beforeAll(async () => {
			plane = await startControlPlane();
		});
		afterAll(() => plane?.stop());

		const previewed = async (example: string, configuration: string) => {
			const project = await projectOf(example, configuration);
			const { steps } = await project.preview({ stack: "production", env: { KUBECONFIG: plane.kubeconfig } });
			const created = steps.filter(({ op }) => op === "create").map(({ urn }) => urn.split("::").slice(2).join("::"));
			// A component is told of twice, with its inputs and with its outputs.
			return [...new Set(created)];
		};

		it("cluster: a profile on every node, and a Deployment confined by it", async () => {
			const made = await previewed("cluster", "config:\n  apparmor-cluster:mode: enforce\n");
			expect(made).toEqual(
				expect.arrayContaining([
					"pulumi-apparmor:index:ClusterProfileDistribution::profiles",
					expect.stringMatching(/kubernetes:apps\/v1:DaemonSet::profiles/),
					"kubernetes:apps/v1:Deployment::shop-web",
				]),
			);
			expect(made.filter((urn) => urn.includes("ValidatingAdmissionPolicy::"))).toHaveLength(1);
		});

		it("cluster-canary: two distributions side by side", async () => {
			const made = await previewed("cluster-canary", "config: {}\n");
			const distributions = made.filter((urn) => urn.startsWith("pulumi-apparmor:index:ClusterProfileDistribution::"));
			expect(distributions.sort()).toEqual([
				"pulumi-apparmor:index:ClusterProfileDistribution::canary",
				"pulumi-apparmor:index:ClusterProfileDistribution::rest",
			]);
			expect(made).toContain("kubernetes:apps/v1:DaemonSet::shop-web");
		});
	});
});
