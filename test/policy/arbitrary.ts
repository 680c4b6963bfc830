import fc from "fast-check";
import type { Policy, Profile, Statement } from "../../src/policy/ast";
import type { Rule } from "../../src/policy/rules";
import type { Condition, Qualifiers } from "../../src/policy/rules/rule";

/** Policies as parsePolicy could have read them, for tests of what is true of each. */

const place = { start: 0, end: 0, position: { line: 1, column: 1 } };

/** What has to be quoted or escaped, among what has not. */
const char = fc.constantFrom(
	...["a", "Z", "0", "_", "-", ".", "/", "*", "?", "{b,c}", "[d]", "@{HOME}", "^", ":", "=", "+", "&", "~"],
	...[
		" ",
		"\t",
		",",
		", ",
		"#",
		"(",
		")",
		"!",
		"{",
		"}",
		"\\",
		'\\"',
		"\\ ",
		"\\040",
		'"',
		"'",
		"é",
		"\u{1F600}",
		"\n",
	],
);
const anything = fc.array(char, { minLength: 1, maxLength: 8 }).map((chars) => chars.join(""));
const text = fc.oneof(
	anything,
	fc.constantFrom("x", "audit", "deny", "->", "safe", "peer", "include", "flags=", "in", "rw"),
);
/** A profile's name; what begins otherwise is a namespace or a stack of profiles. */
const profileName = text.filter((each) => !/^[:&]/.test(each));
const path = fc.tuple(fc.constantFrom("/", "@{HOME}", "/srv/"), anything).map((parts) => parts.join(""));
const name = fc.constantFrom("a", "bus", "type", "ip", "options", "fstype", "long_name");

const optional = <Value, Key extends string>(key: Key, value: fc.Arbitrary<Value>) =>
	fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [key]: given })) as fc.Arbitrary<
		Partial<Record<Key, Value>>
	>;
const join = (...parts: fc.Arbitrary<object>[]) =>
	fc.tuple(...parts).map((values) => Object.assign({}, ...values) as Record<string, unknown>);
const yes = fc.constant(true as const);

const qualifiers = join(
	optional("priority", fc.integer({ min: -1000, max: 1000 })),
	optional("audit", yes),
	optional("access", fc.constantFrom("allow", "deny", "prompt")),
	optional("owner", fc.constantFrom("owner", "other")),
) as fc.Arbitrary<Qualifiers>;

const condition = fc
	.record({ name, operator: fc.constantFrom("=", "in"), values: fc.array(text, { minLength: 1, maxLength: 3 }) })
	.map((each) => each as Condition);
const conditions = fc.array(condition, { maxLength: 3 });
const group = fc.array(
	fc.record({ name, operator: fc.constant("="), values: fc.array(text, { maxLength: 1 }) }) as fc.Arbitrary<Condition>,
	{ maxLength: 3 },
);
const permissions = fc.uniqueArray(fc.constantFrom("r", "w", "send", "bind", "create", "no such"), { maxLength: 3 });
const one = (keywords: string[]) =>
	fc.oneof(
		fc.constantFrom([], ...keywords.map((keyword) => [keyword])),
		permissions.filter((list) => list.length > 1),
	);

const file = join(
	fc.record({
		kind: fc.constant("file"),
		path,
		permissions: fc.subarray(["r", "w", "a", "l", "k", "m"] as const).map((list) => (list.length === 0 ? ["r"] : list)),
	}),
	fc.oneof(
		fc.constant({}),
		join(fc.record({ target: text }), optional("safety", fc.constantFrom("safe", "unsafe"))).chain((more) =>
			fc.constantFrom("x", "ix", "px", "Px", "cx", "Cix", "PUx", "pux", "ux").map((exec) => ({ ...more, exec })),
		),
		fc.record({ target: text, permissions: fc.constant(["r", "l"]), linkTarget: yes }),
	),
	optional("keyword", yes),
);

const fields: fc.Arbitrary<object> = fc.oneof(
	{ weight: 6, arbitrary: file },
	fc.constant({ kind: "file", permissions: [], keyword: true }),
	fc.constant({ kind: "all" }),
	fc.record({ kind: fc.constant("capability"), capabilities: fc.subarray(["chown", "kill", "x_y"]) }),
	join(
		fc.record({ kind: fc.constant("change_profile") }),
		fc.oneof(fc.constant({}), join(fc.record({ exec: path }), optional("safety", fc.constantFrom("safe", "unsafe")))),
		optional("target", text),
	),
	fc.record({ kind: fc.constant("dbus"), permissions: one(["send", "bind"]), local: conditions, peer: group }),
	fc.record({ kind: fc.constant("unix"), permissions: one(["send", "create"]), local: conditions, peer: group }),
	join(
		fc.record({ kind: fc.constant("network"), permissions: one(["send"]), local: conditions, peer: group }),
		fc.constantFrom({}, { domain: "inet" }, { type: "stream" }, { domain: "unix", type: "raw" }, { protocol: "tcp" }),
	),
	join(fc.record({ kind: fc.constant("io_uring"), permissions: one(["sqpoll"]) }), optional("label", text)),
	join(fc.record({ kind: fc.constant("link"), path, target: text }), optional("subset", yes)),
	join(
		fc.record({ kind: fc.constant("mount"), operation: fc.constant("mount"), conditions }),
		optional("source", text),
		optional("target", text),
	),
	join(
		fc.record({ kind: fc.constant("mount"), operation: fc.constantFrom("remount", "umount"), conditions }),
		optional("target", text),
	),
	join(
		fc.record({ kind: fc.constant("mqueue"), permissions: one(["create", "r"]) }),
		optional("type", fc.constantFrom("posix", "sysv")),
		optional("label", text),
		optional("name", fc.oneof(path, fc.constantFrom("12", "create"))),
	),
	join(
		fc.record({ kind: fc.constant("pivot_root") }),
		optional("oldRoot", text),
		optional("newRoot", path),
		optional("target", text),
	),
	join(fc.record({ kind: fc.constant("ptrace"), permissions: one(["trace"]) }), optional("peer", text)),
	join(
		fc.record({ kind: fc.constant("signal"), permissions: one(["send"]), signals: fc.array(text, { maxLength: 2 }) }),
		optional("peer", text),
	),
	fc.record({ kind: fc.constant("userns"), permissions: fc.constantFrom([], ["create"]) }),
);

const comment = optional("comment", fc.constantFrom("# why", "#", '#} "{', "# include <x>"));
const spaced = optional("spaced", yes);

export const rule = join(
	fc.constant(place),
	fields,
	fc.record({ qualifiers }),
	comment,
	spaced,
) as fc.Arbitrary<object> as fc.Arbitrary<Rule>;

const rlimit = join(
	fc.constant({ ...place, kind: "rlimit", resource: "nofile", value: "1K", qualifiers: {} }),
	comment,
);
const line = fc
	.constantFrom("# a line", "#include-like", "#!")
	.map((each) => ({ ...place, kind: "comment", text: each }));
const file_ = fc.constantFrom("abstractions/base", "local/a b");
const include = join(
	fc.record({ kind: fc.constant("include"), path: file_ }),
	fc.constant(place),
	optional("magic", yes),
	optional("ifExists", yes),
	comment,
	spaced,
);

const { statement } = fc.letrec<{ statement: Statement; body: Statement[]; profile: Profile }>((tie) => ({
	body: fc.array(tie("statement"), { maxLength: 4 }),
	profile: join(
		fc.constant(place),
		fc.record({
			kind: fc.constant("profile"),
			name: profileName,
			keyword: yes,
			flags: fc.array(text, { maxLength: 2 }),
		}),
		fc.oneof(
			fc.constant({ xattrs: [], hat: true as const }),
			fc.record({
				xattrs: fc.array(
					fc.record({ name: fc.constantFrom("user.a", "security.b"), value: fc.oneof(text, fc.constant("")) }),
					{ maxLength: 2 },
				),
			}),
		),
		optional("namespace", fc.constant("ns")),
		optional("attachment", path),
		fc.record({ body: tie("body") }),
		comment,
		spaced,
	) as fc.Arbitrary<object> as fc.Arbitrary<Profile>,
	statement: fc.oneof(
		{ maxDepth: 3 },
		rule,
		rlimit as fc.Arbitrary<object> as fc.Arbitrary<Statement>,
		line as fc.Arbitrary<object> as fc.Arbitrary<Statement>,
		include as fc.Arbitrary<object> as fc.Arbitrary<Statement>,
		tie("profile"),
		join(
			fc.constant({ ...place, kind: "block" }),
			fc.record({ qualifiers: fc.constantFrom({}, { access: "deny" }, { audit: true, owner: "owner" }) }),
			fc.record({ body: tie("body") }),
			comment,
		) as fc.Arbitrary<object> as fc.Arbitrary<Statement>,
		join(
			fc.constant({ ...place, kind: "conditional" }),
			fc.record({ condition: fc.constantFrom("$a", "not defined @{b}", '@{a} in "x y"', "($a or $b) and not $c") }),
			fc.record({ body: tie("body") }),
			optional("otherwise", tie("body")),
			comment,
		) as fc.Arbitrary<object> as fc.Arbitrary<Statement>,
	),
}));

const preamble = fc.oneof(
	join(fc.constant({ ...place, kind: "abi", path: "abi/4.0", magic: true }), comment),
	join(
		fc.record({
			kind: fc.constant("variable"),
			name: fc.constantFrom("a", "HOME"),
			operator: fc.constantFrom("=", "+="),
		}),
		fc.constant(place),
		fc.record({ values: fc.array(text, { minLength: 1, maxLength: 3 }) }),
		comment,
		spaced,
	),
	join(fc.constant({ ...place, kind: "boolean", name: "b" }), fc.record({ value: fc.boolean() }), comment),
	join(fc.record({ kind: fc.constant("alias"), from: path, to: text }), fc.constant(place), comment),
) as fc.Arbitrary<object> as fc.Arbitrary<Statement>;

export const policy: fc.Arbitrary<Policy> = fc
	.tuple(fc.array(preamble, { maxLength: 3 }), fc.array(statement, { maxLength: 5 }))
	.map(([before, rest]) => ({ statements: [...before, ...rest] }));
