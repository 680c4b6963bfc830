// Runs one of the project's TypeScript programs, after making sure that the npm dependencies
// are those of package-lock.json. Plain JavaScript without imports from npm, because it is what
// runs first on a fresh clone, on whatever Node.js the machine has.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamp = join(modules, ".pulumi-apparmor-installed");

const wanted = createHash("sha256")
	.update(readFileSync(join(root, "package-lock.json")))
	.digest("hex");

function run(command, args, options = {}) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { stdio: "inherit", ...options });
		// Ctrl-C reaches the child by the terminal; a signal sent to this process alone is passed on.
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
		child.on("error", (error) => {
			console.error(`cannot run ${command}: ${error.message}`);
			resolve(127);
		});
		child.on("exit", (code, signal) => resolve(signal ? 130 : (code ?? 1)));
	});
}

async function installDependencies() {
	// The stamp is written last, so an interrupted installation is done again.
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
	const start = Date.now();
	console.error("▸ npm dependencies (npm ci)");
	// Node 20 is enough to start; the npm package "node" brings the version that Pulumi's SDK wants.
	const code = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
		cwd: root,
		stdio: ["ignore", 2, 2],
	});
	if (code !== 0) {
		console.error("✗ npm ci failed: its message is above. Mend that and run this command again.");
		process.exit(code);
	}
	writeFileSync(stamp, wanted);
	console.error(`✓ npm dependencies (${Math.round((Date.now() - start) / 1000)} s)`);
}

const [program, ...args] = process.argv.slice(2);
if (!program) {
	console.error("usage: node setup/run.mjs PROGRAM.ts [ARGUMENT…]");
	process.exit(2);
}
await installDependencies();
const bin = join(modules, ".bin");
const tsx = join(modules, "tsx", "dist", "cli.mjs");
// Our programs are CommonJS, like the package; some of execa's dependencies export themselves to `import` only.
const code = await run(join(bin, "node"), [tsx, "--conditions=import", join(root, program), ...args], {
	env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
});
process.exit(code);
