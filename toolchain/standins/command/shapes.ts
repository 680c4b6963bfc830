import { type Bag, isBag, isUnknown, plain, reveal, secret, type Value } from "../values";

type Primitive = "string" | "bool" | "int" | "float64";

interface Field {
	type: Primitive | "[]string" | "map[string]string" | "[]interface {}" | Shape;
	required?: boolean;
	default?: Value;
	secret?: boolean;
	/** A change makes a new resource. */
	replace?: boolean;
}

/** What a resource takes, under the name that the official plugin gives it in errors. */
export interface Shape {
	name: string;
	fields: Record<string, Field>;
}

export interface Failure {
	property: string;
	reason: string;
}

const endpoint: Record<string, Field> = {
	user: { type: "string", default: "root" },
	password: { type: "string" },
	host: { type: "string", required: true },
	port: { type: "float64", default: 22 },
	privateKey: { type: "string" },
	privateKeyPassword: { type: "string" },
	agentSocketPath: { type: "string" },
	dialErrorLimit: { type: "int", default: 10 },
	perDialTimeout: { type: "int", default: 15 },
	hostKey: { type: "string" },
};

const connection: Shape = {
	name: "remote.Connection",
	fields: { ...endpoint, proxy: { type: { name: "remote.ProxyConnection", fields: endpoint } } },
};

const common: Record<string, Field> = {
	triggers: { type: "[]interface {}", replace: true },
	create: { type: "string" },
	update: { type: "string" },
	delete: { type: "string" },
	stdin: { type: "string" },
	logging: { type: "string" },
	environment: { type: "map[string]string" },
	addPreviousOutputInEnv: { type: "bool", default: true },
};

export const remoteCommand: Shape = {
	name: "remote.CommandInputs",
	fields: { ...common, connection: { type: connection, required: true, secret: true } },
};

export const localCommand: Shape = {
	name: "local.CommandInputs",
	fields: {
		...common,
		interpreter: { type: "[]string" },
		dir: { type: "string" },
		assetPaths: { type: "[]string" },
		archivePaths: { type: "[]string" },
	},
};

/** Everything in `bag` that does not fit the shape; a value that is not known yet fits everywhere. */
export function misfits(bag: Bag, shape: Shape): Failure[] {
	const failures: Failure[] = [];
	const add = (property: string, reason: string | undefined) => reason && failures.push({ property, reason });
	for (const [key, field] of Object.entries(shape.fields)) {
		const value = reveal(bag[key]);
		if (value !== undefined && value !== null) add(key, misfit(value, field.type, key, shape));
		else if (field.required) add(key, `Missing required field '${key}' on '${shape.name}'`);
	}
	for (const key of Object.keys(bag).filter((key) => !(key in shape.fields))) {
		add(key, `Unrecognized field '${key}' on '${shape.name}'`);
	}
	return failures;
}

function misfit(value: Value, type: Field["type"], key: string, owner: Shape): string | undefined {
	if (isUnknown(value)) return undefined;
	const nested = (reason: string) =>
		`An error occurred decoding '${owner.name.replace(/^.*\./, "")}.${key}': ${reason}`;
	if (typeof type === "object") {
		if (!isBag(value)) return wrongType(key, owner, type.name, value);
		const inner = misfits(value, type);
		if (inner.length === 0) return undefined;
		const lines = inner.map(({ property, reason }) => `\n\t${property}: ${reason}`);
		return nested(`${inner.length} failures decoding:${lines.join("")}`);
	}
	switch (type) {
		case "[]interface {}":
			return Array.isArray(value) ? undefined : wrongType(key, owner, type, value);
		case "[]string":
			if (!Array.isArray(value)) return wrongType(key, owner, type, value);
			return first(value.map((item, i) => misfit(plain(item), "string", `${key}[${i}]`, owner)));
		case "map[string]string":
			if (!isBag(value)) return wrongType(key, owner, type, value);
			return first(
				Object.entries(value).map(([name, item]) => misfit(plain(item), "string", `${key}[${name}] value`, owner)),
			);
		default:
			if (isBag(value)) {
				return nested(`Cannot decode Object{} to type ${type}; it isn't a struct, and no custom decoder exists`);
			}
			return goType(value) === (type === "int" ? "float64" : type) ? undefined : wrongType(key, owner, type, value);
	}
}

const first = (reasons: (string | undefined)[]) => reasons.find((reason) => reason !== undefined);

const wrongType = (key: string, owner: Shape, wanted: string, value: Value) =>
	`Field '${key}' on '${owner.name}' must be a '${wanted}'; got '${goType(value)}' instead`;

function goType(value: Value): string {
	if (Array.isArray(value)) return "[]interface {}";
	if (isBag(value)) return "map[string]interface {}";
	return { string: "string", number: "float64", boolean: "bool" }[typeof value as "string" | "number" | "boolean"];
}

/** Inputs as the resource keeps them: defaults filled in, absent values left out, secrets marked. */
export function normalise(bag: Bag, shape: Shape): Bag {
	const result: Bag = {};
	for (const [key, field] of Object.entries(shape.fields)) {
		const given = bag[key] ?? field.default;
		if (given === undefined || given === null) continue;
		const value = typeof field.type === "object" ? normaliseInner(given, field.type) : given;
		result[key] = field.secret ? secret(value) : value;
	}
	return result;
}

function normaliseInner(value: Value, shape: Shape): Value {
	const inner = reveal(value);
	if (!isBag(inner)) return value;
	const result = normalise(inner, shape);
	return inner === value ? result : secret(result);
}
