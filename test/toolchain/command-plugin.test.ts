import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { globPattern } from "../../toolchain/standins/command/assets";
import { diffInputs } from "../../toolchain/standins/command/diff";
import { goQuote } from "../../toolchain/standins/command/output";
import { previewUpdate, resourceOf } from "../../toolchain/standins/command/resource";
import { localCommand, misfits, normalise, remoteCommand } from "../../toolchain/standins/command/shapes";
import { type Bag, equal, plain, secret, unknownString, type Value } from "../../toolchain/standins/values";

const connection = { host: "web-1" };

describe("the inputs of remote.Command", () => {
	it("are filled up with the official plugin's defaults, the connection made secret, absent values dropped", () => {
		expect(normalise({ connection, create: "true", stdin: null }, remoteCommand)).toEqual({
			addPreviousOutputInEnv: true,
			create: "true",
			connection: secret({ host: "web-1", user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 }),
		});
	});

	it("keep what is given: values, secrets inside and out, values not known yet", () => {
		const given = {
			addPreviousOutputInEnv: false,
			connection: secret({
				host: unknownString,
				user: "admin",
				port: 1,
				dialErrorLimit: 2,
				perDialTimeout: 3,
				privateKey: secret("k"),
			}),
			stdin: secret("s"),
			triggers: [],
			environment: {},
		};
		expect(normalise(given, remoteCommand)).toEqual(given);
		expect(normalise({ connection: unknownString }, remoteCommand).connection).toBe(unknownString);
	});

	it("give a jump host its own defaults", () => {
		const { connection: result } = normalise({ connection: { ...connection, proxy: { host: "jump" } } }, remoteCommand);
		expect((plain(result as Value) as Bag).proxy).toEqual({
			host: "jump",
			user: "root",
			port: 22,
			dialErrorLimit: 10,
			perDialTimeout: 15,
		});
	});

	it("are refused in the official plugin's words", () => {
		expect(misfits({ connection: secret({ hostkey: "x" }), creat: "true", stdin: 1 }, remoteCommand)).toEqual([
			{
				property: "stdin",
				reason: "Field 'stdin' on 'remote.CommandInputs' must be a 'string'; got 'float64' instead",
			},
			{
				property: "connection",
				reason:
					"An error occurred decoding 'CommandInputs.connection': 2 failures decoding:\n\thost: Missing required field 'host' on 'remote.Connection'\n\thostkey: Unrecognized field 'hostkey' on 'remote.Connection'",
			},
			{ property: "creat", reason: "Unrecognized field 'creat' on 'remote.CommandInputs'" },
		]);
		expect(misfits({}, remoteCommand)).toEqual([
			{ property: "connection", reason: "Missing required field 'connection' on 'remote.CommandInputs'" },
		]);
	});

	it("are accepted while they are not known", () => {
		expect(
			misfits({ connection: unknownString, environment: { A: unknownString }, triggers: unknownString }, remoteCommand),
		).toEqual([]);
	});
});

describe("the inputs of local.Command", () => {
	it("are refused where a list or a map holds something else", () => {
		const reasons = misfits({ interpreter: ["sh", 1], environment: { A: true }, dir: { a: "b" } }, localCommand);
		expect(reasons.map(({ reason }) => reason)).toEqual([
			"Field 'environment[A] value' on 'local.CommandInputs' must be a 'string'; got 'bool' instead",
			"Field 'interpreter[1]' on 'local.CommandInputs' must be a 'string'; got 'float64' instead",
			"An error occurred decoding 'CommandInputs.dir': Cannot decode Object{} to type string; it isn't a struct, and no custom decoder exists",
		]);
	});
});

describe("the difference of inputs", () => {
	it("names each property, and only triggers make a new resource", () => {
		const olds = { triggers: ["1", "2"], stdin: "a", environment: { A: "1", "B-C": "2" }, stdout: "an output" };
		const news = { triggers: ["1"], create: "true", environment: { A: "1", "B-C": "3" } };
		expect(diffInputs(olds, news, remoteCommand)).toEqual([
			{ path: "triggers[1]", kind: "delete", replace: true },
			{ path: "create", kind: "add", replace: false },
			{ path: "stdin", kind: "delete", replace: false },
			{ path: 'environment["B-C"]', kind: "update", replace: false },
		]);
	});

	it("is told of a secret as a whole, and sees a value become secret", () => {
		const one = (value: Value) => ({ connection: secret({ host: "a", privateKey: value }) });
		expect(diffInputs(one("k"), one("k"), remoteCommand)).toEqual([]);
		expect(diffInputs(one("k"), one("l"), remoteCommand)).toEqual([
			{ path: "connection", kind: "update", replace: false },
		]);
		expect(diffInputs({ stdin: "a" }, { stdin: secret("a") }, remoteCommand)).toEqual([
			{ path: "stdin", kind: "update", replace: false },
		]);
	});

	it("is empty exactly for equal inputs", () => {
		const value = fc.letrec<{ value: Value }>((tie) => ({
			value: fc.oneof(
				fc.string(),
				fc.integer(),
				fc.boolean(),
				fc.array(tie("value")),
				fc.dictionary(fc.string(), tie("value")).map((bag) => secret(bag)),
			),
		})).value;
		fc.assert(
			fc.property(value, value, (a, b) => {
				expect(diffInputs({ triggers: a }, { triggers: a }, remoteCommand)).toEqual([]);
				expect(diffInputs({ triggers: a }, { triggers: b }, remoteCommand).length === 0).toBe(equal(a, b));
			}),
		);
	});
});

describe("the preview of an update", () => {
	const remote = resourceOf("urn:pulumi:s::p::my:index:Host$command:remote:Command::name");
	it("does not know the outputs of a command that runs again", () => {
		const olds = { stdin: "a", stdout: "out", stderr: "err" };
		expect(previewUpdate(remote, olds, { stdin: "b" })).toEqual({
			stdin: "b",
			stdout: unknownString,
			stderr: unknownString,
		});
		expect(previewUpdate(remote, olds, { stdin: unknownString }).stdout).toBe(unknownString);
		expect(previewUpdate(remote, olds, { stdin: "a" }).stdout).toBe("out");
	});
});

it("a resource that is no command is refused by name", () => {
	expect(() => resourceOf("urn:pulumi:s::p::command:remote:CopyToRemote::name")).toThrow("command:remote:CopyToRemote");
});

describe("goQuote", () => {
	it("quotes as Go's %q", () => {
		expect(goQuote('say "ü 𝄞" \\ now\n\t\x00\x7f\u200b')).toBe('"say \\"ü 𝄞\\" \\\\ now\\n\\t\\x00\\x7f\\u200b"');
	});
});

describe("globPattern", () => {
	it.each([
		["*.txt", "a.txt", true],
		["*.txt", "sub/a.txt", false],
		["**.txt", "sub/a.txt", true],
		["src/{a,b}.?s", "src/b.ts", true],
		["src/{a,b}.?s", "src/c.ts", false],
		["[!a]*", "b", true],
		["[!a]*", "a", false],
		["a+(b).txt", "a+(b).txt", true],
		["a\\*b", "a*b", true],
		["a\\*b", "axb", false],
	])("%s on %s: %s", (glob, path, matches) => {
		expect(globPattern(glob).test(path)).toBe(matches);
	});
});
