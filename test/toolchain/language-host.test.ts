import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { programDependencies } from "../../toolchain/standins/language-nodejs/dependencies";
import { runtimeOptions, splitWords } from "../../toolchain/standins/language-nodejs/options";
import { requiredPlugins } from "../../toolchain/standins/language-nodejs/packages";
import { locateSdkModule } from "../../toolchain/standins/language-nodejs/process";
import { configEnvironment, programArguments, responseTo } from "../../toolchain/standins/language-nodejs/program";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "pulumi-apparmor-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: unknown): string {
	const file = join(folder, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
	return file;
}

describe("the command line of a program", () => {
	it("has what the engine says, and the program's own arguments last", () => {
		const info = new ProgramInfo()
			.setRootDirectory("/root")
			.setProgramDirectory("/root/program")
			.setEntryPoint("index.ts");
		const request = new RunRequest()
			.setMonitorAddress("127.0.0.1:1")
			.setProject("p")
			.setStack("s")
			.setOrganization("o")
			.setParallel(8)
			.setDryrun(true)
			.setInfo(info)
			.setArgsList(["--own", "argument"]);
		expect(programArguments(request, "127.0.0.1:2").join(" ")).toBe(
			"--monitor 127.0.0.1:1 --engine 127.0.0.1:2 --organization o --project p --root-directory /root --stack s --pwd /root/program --parallel 8 --dry-run index.ts --own argument",
		);
	});

	it("leaves out what is not said", () => {
		expect(programArguments(new RunRequest().setMonitorAddress("m"), "")).toEqual([
			"--monitor",
			"m",
			"--parallel",
			"0",
			".",
		]);
	});

	it("gets the configuration in the form that every SDK reads", () => {
		const request = new RunRequest().setConfigsecretkeysList(["p:password"]);
		request.getConfigMap().set("p:mode", "enforce").set("p:config:old", "1").set("p:a:b", "2");
		const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS } = configEnvironment(request);
		expect(JSON.parse(PULUMI_CONFIG as string)).toEqual({
			"p:config:mode": "enforce",
			"p:config:old": "1",
			"p:config:a:b": "2",
		});
		expect(JSON.parse(PULUMI_CONFIG_SECRET_KEYS as string)).toEqual(["p:password"]);
	});
});

describe("the end of a program", () => {
	it("is no error, or one told already, or one to tell", () => {
		expect(responseTo({ code: 0, signal: null }).toObject()).toMatchObject({ error: "", bail: false });
		expect(responseTo({ code: 32, signal: null }).toObject()).toMatchObject({ error: "", bail: true });
		expect(responseTo({ code: 1, signal: null }).getError()).toBe("Program exited with non-zero exit code: 1");
		expect(responseTo({ code: null, signal: "SIGKILL" }).getError()).toContain("SIGKILL");
	});
});

describe("runtime options", () => {
	const options = (given: Record<string, string | boolean>) =>
		runtimeOptions(new ProgramInfo().setOptions(Struct.fromJavaScript(given)));

	it("are TypeScript and npm unless told otherwise", () => {
		expect(options({})).toEqual({ typescript: true, tsconfig: undefined, nodeargs: [], packagemanager: "npm" });
		expect(options({ typescript: false, nodeargs: "--trace-warnings -r './a b'" })).toMatchObject({
			typescript: false,
			nodeargs: ["--trace-warnings", "-r", "./a b"],
		});
	});

	it("are refused with a wrong type", () => {
		expect(() => options({ typescript: "yes" })).toThrow("typescript option must be a boolean");
	});

	it("split words as a shell", () => {
		expect(splitWords(` a  "b \\"c" d'e f'g h\\ i `)).toEqual(["a", 'b "c', "de fg", "h i"]);
	});
});

describe("the plugins that a program wants", () => {
	it("are those of packages in node_modules, at any depth, once, links followed", () => {
		const manifest = (pulumi: object) => ({ name: "@pulumi/x", version: "1.0.0", pulumi });
		write("node_modules/@pulumi/command/package.json", {
			name: "@pulumi/command",
			version: "1.2.1",
			pulumi: { resource: true, name: "command" },
		});
		write(
			"node_modules/a/node_modules/@pulumi/x/package.json",
			manifest({ resource: true, version: "2.0.0", server: "https://example.com" }),
		);
		write("node_modules/plain/package.json", { name: "plain", version: "1.0.0" });
		write("node_modules/unnamed/package.json", { name: "unnamed", version: "1.0.0", pulumi: { resource: true } });
		write("node_modules/broken/package.json", '{"pulumi": ');
		write("node_modules/@pulumi/pulumi/package.json", { name: "@pulumi/pulumi", version: "3.0.0", pulumi: {} });
		write("package.json", manifest({ resource: true }));
		symlinkSync(folder, join(folder, "node_modules", "itself"));
		expect(requiredPlugins(folder)).toEqual([
			{ name: "command", version: "v1.2.1", server: "" },
			{ name: "x", version: "v2.0.0", server: "https://example.com" },
		]);
	});
});

describe("the dependencies of a program", () => {
	it("are those that package.json names, or all that npm has installed", () => {
		write("package.json", { dependencies: { a: "^1" }, devDependencies: { b: "^2", missing: "*" } });
		write("node_modules/a/package.json", { version: "1.2.3" });
		write("node_modules/b/package.json", { version: "2.0.0" });
		write("node_modules/.package-lock.json", {
			packages: { "node_modules/a/node_modules/@c/d": { version: "4.0.0" } },
		});
		const program = dirname(write("program/index.ts", ""));
		expect(programDependencies(program, false)).toEqual([
			{ name: "a", version: "1.2.3" },
			{ name: "b", version: "2.0.0" },
		]);
		expect(programDependencies(program, true)).toEqual([{ name: "@c/d", version: "4.0.0" }]);
	});
});

describe("the SDK", () => {
	afterEach(() => vi.unstubAllEnvs());
	const module = "@pulumi/pulumi/cmd/run";

	it("is the program's own, else that of this checkout, else an error says so", () => {
		const own = write("with/node_modules/@pulumi/pulumi/cmd/run/index.js", "");
		const checkout = dirname(dirname(__dirname));
		vi.stubEnv("PULUMI_APPARMOR_CHECKOUT", checkout);
		expect(locateSdkModule(module, join(folder, "with", "program"))).toBe(own);
		const program = join(folder, "without");
		expect(locateSdkModule(module, program)).toBe(join(checkout, "node_modules", module, "index.js"));
		vi.stubEnv("PULUMI_APPARMOR_CHECKOUT", "");
		expect(() => locateSdkModule(module, program)).toThrow(`not installed in ${program}`);
	});
});
