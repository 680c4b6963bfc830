/** The most values that one variable may have once the variables in them are put in. */
const maxValues = 10_000;

/** How deep variables may stand in each other's values. */
const maxDepth = 500;

/** The longest text, in characters, that one pattern or one variable may become. */
const maxLength = 1_000_000;

/** All the text, in characters, that the patterns of one policy may become together. */
const maxTotal = 50_000_000;

/** Why a variable cannot be put in: a stable code, and a sentence. */
export class VariableError extends Error {
	constructor(
		readonly code: "undefined-variable" | "recursive-variable" | "expansion-too-large",
		reason: string,
	) {
		super(reason);
	}
}

/**
 * The `@{variables}` of a policy.
 *
 * A pattern's variable becomes an alternation, `/{a,b}/x`, as in `apparmor_parser`, so that a rule stays one rule.
 * A slash at the seam stands once: `@{dir}/x` with the value `/srv/` is `/srv/x`.
 */
export class Variables {
	private readonly defined = new Map<string, Set<string>>();
	private readonly expanded = new Map<string, string[] | VariableError>();
	private remaining = maxTotal;

	has(name: string): boolean {
		return this.defined.has(name);
	}

	/** Sets a variable, whether it has a value or not. */
	set(name: string, values: Iterable<string>): void {
		this.defined.set(name, new Set(values));
		this.expanded.clear();
	}

	/** Adds to a variable that exists. */
	add(name: string, values: Iterable<string>): void {
		const existing = this.defined.get(name);
		for (const value of values) existing?.add(value);
		this.expanded.clear();
	}

	/**
	 * The values of a variable, those of the variables in them put in.
	 *
	 * @throws VariableError where one is not defined, refers to itself or grows too large.
	 */
	values(name: string): string[] {
		try {
			return this.resolve(name, new Set());
		} catch (error) {
			// What failed once is not tried again for every rule.
			if (error instanceof VariableError) this.expanded.set(name, error);
			throw error;
		}
	}

	/**
	 * Calls with `name` set to `values` in place of what it was.
	 */
	with<Result>(overrides: Record<string, string | undefined>, call: () => Result): Result {
		const saved = Object.keys(overrides).map((name) => [name, this.defined.get(name)] as const);
		for (const [name, value] of Object.entries(overrides)) {
			if (value !== undefined) this.set(name, [value]);
		}
		try {
			return call();
		} finally {
			for (const [name, values] of saved) {
				if (values === undefined) this.defined.delete(name);
				else this.defined.set(name, values);
			}
			this.expanded.clear();
		}
	}

	/**
	 * A pattern with its variables put in.
	 *
	 * @throws VariableError as `values` does.
	 */
	expand(pattern: string): string {
		let text = "";
		let from = 0;
		for (const reference of references(pattern)) {
			text += pattern.slice(from, reference.start);
			from = reference.end;
			// Slashes that begin a path stay: a path's first two may name another namespace of paths.
			const leading = text.endsWith("/") && /[^/]/.test(text);
			const trailing = pattern[from] === "/";
			const values = this.values(reference.name).map((value) => trim(value, leading, trailing));
			text += values.length === 1 ? values[0] : `{${values.join(",")}}`;
			if (text.length > maxLength)
				throw tooLarge(`${pattern.slice(0, 80)} becomes longer than ${maxLength} characters`);
		}
		if (from === 0) return pattern;
		text += pattern.slice(from);
		this.remaining -= text.length;
		if (this.remaining < 0) throw tooLarge(`the rules together become longer than ${maxTotal} characters`);
		return text;
	}

	private resolve(name: string, open: Set<string>): string[] {
		const known = this.expanded.get(name);
		if (known instanceof VariableError) throw known;
		if (known !== undefined) return known;
		if (open.size > maxDepth) throw tooLarge(`variables stand in each other's values more than ${maxDepth} deep`);
		const values = this.defined.get(name);
		if (values === undefined) {
			throw new VariableError(
				"undefined-variable",
				`@{${name}} is not defined; set it before the profile, or include the tunables that do`,
			);
		}
		if (open.has(name)) {
			throw new VariableError(
				"recursive-variable",
				`@{${name}} refers to itself, by way of ${[...open].map((each) => `@{${each}}`).join(", ")}`,
			);
		}
		open.add(name);
		const result = new Set<string>();
		let length = 0;
		for (const value of values) {
			for (const combination of this.combinations(value, open)) {
				if (result.has(combination)) continue;
				result.add(combination);
				length += combination.length;
				if (result.size > maxValues || length > maxLength) {
					throw tooLarge(
						`@{${name}} has more than ${maxValues} values, or ${maxLength} characters, with the variables in it put in`,
					);
				}
			}
		}
		open.delete(name);
		const list = [...result];
		this.expanded.set(name, list);
		return list;
	}

	private combinations(value: string, open: Set<string>): string[] {
		let texts = [""];
		let from = 0;
		for (const reference of references(value)) {
			const literal = value.slice(from, reference.start);
			from = reference.end;
			const inner = this.resolve(reference.name, open);
			const size = texts.length * inner.length;
			if (size > maxValues || size * ((texts[0]?.length ?? 0) + literal.length) > maxLength) {
				throw tooLarge(`@{${reference.name}} makes too many combinations of the values around it`);
			}
			texts = texts.flatMap((text) => inner.map((each) => text + literal + each));
		}
		return texts.map((text) => text + value.slice(from));
	}
}

function tooLarge(reason: string): VariableError {
	return new VariableError("expansion-too-large", reason);
}

function trim(value: string, leading: boolean, trailing: boolean): string {
	let start = 0;
	let end = value.length;
	while (leading && value[start] === "/") start++;
	while (trailing && end > start && value[end - 1] === "/") end--;
	return value.slice(start, end);
}

/** Where a pattern refers to variables; `@{a,b}` is an @ before an alternation. */
function* references(pattern: string): Generator<{ start: number; end: number; name: string }> {
	for (let at = pattern.indexOf("@{"); at >= 0; at = pattern.indexOf("@{", at + 2)) {
		const name = nameAt(pattern, at + 2);
		const end = at + 2 + name.length;
		if (name !== "" && pattern[end] === "}" && !isEscaped(pattern, at)) yield { start: at, end: end + 1, name };
	}
}

function nameAt(pattern: string, start: number): string {
	const name = /[a-z]\w*/iy;
	name.lastIndex = start;
	return name.exec(pattern)?.[0] ?? "";
}

function isEscaped(text: string, at: number): boolean {
	let backslashes = 0;
	while (text[at - 1 - backslashes] === "\\") backslashes++;
	return backslashes % 2 === 1;
}
