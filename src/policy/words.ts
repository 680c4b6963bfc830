/**
 * What a word of the language may hold; it depends on where the word stands. As in the lexer of `apparmor_parser`, a
 * word ends at blanks, quotes, `!` and commas, where each kind has its own exceptions.
 */
export interface WordKind {
	/** The characters that end it, as a table of the ASCII codes. */
	ends: Uint8Array;
	/** What a backslash may stand before to be part of the word. */
	escapes: string;
	/** A comma that something other than an end follows is part of it: `/{a,b}`, `/a,b`. */
	joinsCommas: boolean;
	/** What it may not begin with. */
	notFirst: string;
}

/** Words that mean something wherever a path may stand, and so are none; `apparmor_parser` takes others for one. */
export const keywords: ReadonlySet<string> = new Set(
	(
		"abi alias all allow audit bind capability change_profile dbus defined delete deny eavesdrop else file hat if in " +
		"include io_uring link mount mqueue network not open other override_creds owner peer pivot_root priority profile " +
		"prompt ptrace read readby receive remount rewrite rlimit safe send set signal sqpoll subset trace tracedby umount " +
		"unix unmount unsafe user userns write"
	).split(" "),
);

const always = ' \t\r\n"!,';
const escapable = ' \t"!,';

/** A name, a path behind a name, a value of a condition or a variable. */
export const nameWord: WordKind = { ends: table(always), escapes: escapable, joinsCommas: true, notFirst: "" };

/** A word in the rules that have keywords and conditions of their own: `mount`, `dbus`, … */
export const ruleWord: WordKind = { ends: table(`${always}=)`), escapes: "", joinsCommas: true, notFirst: "(+&" };

/** A word in `(…)`. */
export const listWord: WordKind = {
	ends: table(`${always}()`),
	escapes: `${escapable}()`,
	joinsCommas: false,
	notFirst: "",
};

/** The name of a condition in `peer=(…)` and `xattrs=(…)`. */
export const conditionWord: WordKind = { ends: table(`${always}=()`), escapes: "", joinsCommas: false, notFirst: "" };

/** A file that is included by a bare name. */
export const fileWord: WordKind = { ends: table(`${always}<>`), escapes: escapable, joinsCommas: true, notFirst: "" };

function table(ends: string): Uint8Array {
	const codes = new Uint8Array(128);
	for (const char of ends) codes[char.charCodeAt(0)] = 1;
	return codes;
}

const backslash = 92;
const comma = 44;

/** The offset behind the word of a kind that starts at `start`: `start` itself where there is none. */
export function wordEnd(text: string, start: number, kind: WordKind): number {
	if (kind.notFirst.includes(text[start] ?? "\n")) return start;
	let at = start;
	while (at < text.length) {
		const code = text.charCodeAt(at);
		if (code === backslash && at + 1 < text.length && kind.escapes.includes(text[at + 1] as string)) at += 2;
		else if (code === comma && kind.joinsCommas && at + 1 < text.length && !endsAt(text, at + 1, kind)) at += 2;
		else if (code < 128 && kind.ends[code] === 1) break;
		else at++;
	}
	return at;
}

function endsAt(text: string, at: number, kind: WordKind): boolean {
	const code = text.charCodeAt(at);
	return code < 128 && kind.ends[code] === 1;
}

const variable = /@(?:\{[A-Za-z][A-Za-z0-9_]*\}|[A-Za-z][A-Za-z0-9_]*)/y;

/** The offset behind `@{name}` or `@name` at `start`; `start` where there is none. */
export function variableEnd(text: string, start: number): number {
	variable.lastIndex = start;
	return variable.test(text) ? variable.lastIndex : start;
}

/**
 * The offset behind the path, namespace or variable with something behind it (`@{HOME}/x`) that starts at `start`;
 * `start` where there is none. Braces are part of it: `/{usr/,}bin/x`, and `/x{`, too.
 */
export function labelEnd(text: string, start: number): number {
	switch (text[start]) {
		case "/":
		case "&":
			return wordEnd(text, start, nameWord);
		case ":":
			return start + 1 < text.length && text[start + 1] !== "=" && !endsAt(text, start + 1, nameWord)
				? wordEnd(text, start, nameWord)
				: start;
		case "@": {
			const end = variableEnd(text, start);
			if (end === start || /[=+?\s]/.test(text[end] ?? "\n")) return start;
			const whole = wordEnd(text, end, nameWord);
			return whole > end ? whole : start;
		}
		default:
			return start;
	}
}
