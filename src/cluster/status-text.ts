import { isOff, type StatusRow } from "./status";

/** How a cell of a table is shown. */
export type Tone = "plain" | "heading" | "good" | "bad" | "note";

export interface Cell {
	text: string;
	tone: Tone;
}

/** A table's lines, each of cells that are as wide as their column; messages with several lines go on below their row. */
export function statusTable(rows: readonly StatusRow[]): Cell[][] {
	const columns = columnsFor(rows);
	const firstLines = rows.map((row) => columns.map(({ value }) => value(row)));
	const widths = columns.map(({ title }, index) =>
		firstLines.reduce((width, cells) => Math.max(width, cells[index]?.length ?? 0), title.length),
	);
	const line = (cells: string[], tones: (index: number) => Tone, last: Cell): Cell[] => [
		...cells.map((text, index) => ({ text: `${text.padEnd(widths[index] ?? 0)}  `, tone: tones(index) })),
		last,
	];
	const heading = line(
		columns.map(({ title }) => title),
		() => "heading",
		{ text: "LAST ERROR OR NOTE", tone: "heading" },
	);
	const indent = " ".repeat(4);
	const body = rows.flatMap((row, index) => {
		const tone: Tone = isOff(row) ? "bad" : "note";
		const [first = "", ...more] = (row.message ?? "").split("\n");
		const tones = (column: number): Tone => (columns[column]?.judged ? judgement(row) : "plain");
		return [
			line(firstLines[index] ?? [], tones, { text: first, tone }),
			...more.map((text) => [{ text: `${indent}${text}`, tone }]),
		];
	});
	return [heading, ...body];
}

interface Column {
	title: string;
	value(row: StatusRow): string;
	/** Coloured by whether it is as declared. */
	judged?: true;
}

const columns: Column[] = [
	{ title: "NODE", value: ({ node }) => node ?? "(all)" },
	{ title: "PROFILE", value: ({ profile }) => profile ?? "-" },
	{ title: "DECLARED", value: ({ declaredMode }) => declaredMode ?? "-" },
	{ title: "ACTUAL", value: actual, judged: true },
	{ title: "CONTENT", value: ({ policyHash }) => policyHash?.slice(0, hashDigits) ?? "-" },
	{ title: "READY", value: ({ ready }) => (ready ? "yes" : "no") },
];

/** Enough to tell two policies apart by eye; as many as content-addressed names have. */
const hashDigits = 8;

/** The distribution's own column, where there are several. */
function columnsFor(rows: readonly StatusRow[]): Column[] {
	const names = new Map(rows.map((row) => [whole(row), row.distribution]));
	if (names.size < 2) return columns;
	const unique = new Set(names.values()).size === names.size;
	return [{ title: "DISTRIBUTION", value: (row) => (unique ? row.distribution : whole(row)) }, ...columns];
}

const whole = ({ namespace, distribution }: StatusRow) => `${namespace}/${distribution}`;

function actual({ profile, state, mode, declaredMode }: StatusRow): string {
	if (profile === null) return state === "unsupported" ? "unsupported" : "-";
	if (state === "retired") return "loaded";
	return mode ?? (declaredMode === "disabled" ? "disabled" : "not loaded");
}

function judgement(row: StatusRow): Tone {
	if (isOff(row)) return "bad";
	return row.state === "declared" ? "good" : "note";
}

/** One row in words, for a log of changes. */
export function statusLine(row: StatusRow): string {
	const { node, profile, declaredMode, policyHash, state, message } = row;
	const subject = [whole(row), node, profile].filter((part) => part !== null).join(" ");
	if (profile === null || state === "retired") return `${subject}: ${told(message ?? state)}`;
	const found = `${actual(row)} (declared ${declaredMode}, content ${policyHash?.slice(0, hashDigits)})`;
	return `${subject}: ${found}${message === null ? "" : `: ${told(message)}`}`;
}

function told(message: string): string {
	const lines = message.split("\n").map((line) => line.trim());
	return lines.filter((line) => line !== "").join("; ");
}

/** What all of it comes to. */
export function verdict(rows: readonly StatusRow[]): string {
	const nodes = new Set(rows.flatMap(({ node }) => (node === null ? [] : [node])));
	const profiles = rows.filter(({ profile, state }) => profile !== null && state !== "retired");
	const off = profiles.filter(isOff).length;
	const parts = [
		`${counted(nodes.size, "node")}, ${counted(profiles.length, "profile")} on them`,
		off === 0 ? "" : `${off} not as declared`,
		...(["retired", "unsupported"] as const).map((state) => count(rows, state)),
	].filter(Boolean);
	const others = rows.filter((row) => row.profile === null && isOff(row)).length;
	if (others > 0) parts.push(`${counted(others, "other thing")} to look at`);
	return `${rows.some(isOff) ? "off" : "all as declared"}: ${parts.join(", ")}`;
}

function count(rows: readonly StatusRow[], state: StatusRow["state"]): string {
	const many = rows.filter((row) => row.state === state).length;
	if (many === 0) return "";
	return state === "retired" ? `${many} retired and still loaded` : `${counted(many, "node")} without AppArmor`;
}

const counted = (many: number, what: string) => `${many.toLocaleString("en")} ${what}${many === 1 ? "" : "s"}`;

/** The rows that are not as they were, as they are now; and those that are gone. */
export function changes(before: readonly StatusRow[], now: readonly StatusRow[]): string[] {
	const lines = (rows: readonly StatusRow[]) => new Map(rows.map((row) => [key(row), statusLine(row)]));
	const [old, current] = [lines(before), lines(now)];
	const changed = [...current].filter(([id, line]) => old.get(id) !== line).map(([, line]) => line);
	const gone = before.filter((row) => !current.has(key(row)));
	return [...changed, ...gone.map((row) => `${whole(row)} ${row.node ?? "(all)"} ${row.profile ?? "-"}: no more`)];
}

const key = ({ namespace, distribution, node, profile }: StatusRow) =>
	JSON.stringify([namespace, distribution, node, profile]);
