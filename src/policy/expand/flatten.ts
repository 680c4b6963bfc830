import type {
	Alias,
	BooleanDefinition,
	Conditional,
	Include,
	Policy,
	Profile,
	QualifierBlock,
	Statement,
	VariableDefinition,
} from "../ast";
import { PolicyError } from "../errors";
import type { Rule } from "../rules";
import type { Qualifiers } from "../rules/rule";
import type { SourceRange } from "../source";
import type { AliasPair } from "./aliases";
import { ConditionError, evaluate, type Known } from "./condition";
import { Includes } from "./includes";
import { inBlocks } from "./qualifiers";
import { VariableError } from "./variables";

/** A profile with the rules of its includes, conditionals and blocks, its variables still in it. */
export interface FlatProfile {
	profile: Profile;
	rules: Rule[];
	children: FlatProfile[];
}

/** The most statements that a policy may have with its includes in it, each as often as it is included. */
const maxStatements = 500_000;

interface Scope {
	/** The profile that the statements belong to; absent before the profiles. */
	into: FlatProfile | undefined;
	/** The profiles, or the children, of the place. */
	siblings: FlatProfile[];
	/** The names of the siblings. */
	names: Set<string>;
	/** The files that are in this block. */
	included: Set<string>;
	/** How many includes the statements stand in. */
	depth: number;
	/** The qualifiers of the blocks around, innermost first. */
	blocks: Qualifiers[];
	conditional?: true;
}

/** Puts includes, conditionals and blocks in, and reads variables and aliases on the way. */
export class Flattener {
	readonly profiles: FlatProfile[] = [];
	readonly aliases: AliasPair[] = [];
	private readonly aliasPairs = new Set<string>();
	private readonly includes: Includes;
	/** How many statements the policy has with its includes. */
	statements = 0;

	constructor(
		private readonly known: Known,
		reader: ConstructorParameters<typeof Includes>[0],
		private readonly errors: PolicyError[],
	) {
		this.includes = new Includes(reader, errors);
	}

	flatten(statements: Statement[]): void {
		this.walk(statements, {
			into: undefined,
			siblings: this.profiles,
			names: new Set(),
			included: new Set(),
			depth: 0,
			blocks: [],
		});
	}

	/** The files that were included, each once. */
	included(): Policy[] {
		return this.includes.all();
	}

	private walk(statements: Statement[], scope: Scope): void {
		for (const statement of statements) {
			if (++this.statements > maxStatements) {
				if (this.statements === maxStatements + 1) {
					this.fail(
						"expansion-too-large",
						`the policy has more than ${maxStatements} statements with its includes`,
						statement,
					);
				}
				return;
			}
			this.visit(statement, scope);
		}
	}

	private visit(statement: Statement, scope: Scope): void {
		switch (statement.kind) {
			case "comment":
			case "abi":
				break;
			case "include":
				this.include(statement, scope);
				break;
			case "variable":
				this.variable(statement);
				break;
			case "boolean":
				this.boolean(statement);
				break;
			case "alias":
				this.alias(statement);
				break;
			case "conditional":
				this.conditional(statement, scope);
				break;
			case "block":
				this.block(statement, scope);
				break;
			case "profile":
				this.profile(statement, scope);
				break;
			default:
				this.rule(statement, scope);
				break;
		}
	}

	private include(include: Include, scope: Scope): void {
		const statements = this.includes.open(include, scope.included, scope.depth);
		this.walk(statements, { ...scope, depth: scope.depth + 1 });
	}

	private variable(definition: VariableDefinition): void {
		const { variables } = this.known;
		const { name, values } = definition;
		if (definition.operator === "=") {
			if (variables.has(name)) this.fail("duplicate-variable", `@{${name}} is set already; += adds to it`, definition);
			else variables.set(name, values);
		} else if (variables.has(name)) variables.add(name, values);
		else {
			this.fail("undefined-variable", `@{${name}} += adds to a variable that is not set; = sets it`, definition);
			variables.set(name, values);
		}
	}

	private boolean(definition: BooleanDefinition): void {
		const { booleans } = this.known;
		if (booleans.has(definition.name))
			this.fail("duplicate-variable", `$${definition.name} is set already`, definition);
		else booleans.set(definition.name, definition.value);
	}

	private alias(alias: Alias): void {
		const pair = JSON.stringify([alias.from, alias.to]);
		if (this.aliasPairs.has(pair)) return;
		this.aliasPairs.add(pair);
		this.aliases.push({ from: alias.from, to: alias.to });
	}

	private conditional(conditional: Conditional, scope: Scope): void {
		const branches = [conditional.body, conditional.otherwise ?? []] as const;
		try {
			const chosen = evaluate(conditional.condition, this.known) ? branches[0] : branches[1];
			this.walk(chosen, { ...scope, conditional: true });
		} catch (error) {
			if (!(error instanceof ConditionError || error instanceof VariableError)) throw error;
			this.fail(error.code, error.message, conditional);
		}
	}

	private block(block: QualifierBlock, scope: Scope): void {
		this.walk(block.body, { ...scope, blocks: [block.qualifiers, ...scope.blocks] });
	}

	private profile(profile: Profile, scope: Scope): void {
		const flat: FlatProfile = { profile, rules: [], children: [] };
		const name = `:${profile.namespace ?? ""}:${profile.name}`;
		if (scope.names.has(name)) {
			const what = scope.into === undefined ? "profile" : profile.hat ? "hat" : "child profile";
			this.fail("duplicate-profile", `the ${what} ${profile.name} is there already; each name stands once`, profile);
		}
		scope.names.add(name);
		// apparmor_parser up to 4.1 loses the children, like every rule that is not about files, of a `deny { … }`.
		if (scope.blocks.length === 0) scope.siblings.push(flat);
		this.walk(profile.body, {
			into: flat,
			siblings: flat.children,
			names: new Set(),
			included: new Set(),
			depth: scope.depth,
			blocks: [],
		});
	}

	private rule(rule: Rule, scope: Scope): void {
		if (scope.into === undefined) {
			this.fail("rule-outside-profile", "a rule stands in a profile, between its { and }", rule);
			return;
		}
		// As apparmor_parser up to 4.1 does, which loses these without a word; checkPolicy has a finding for each.
		if (rule.kind === "rlimit" && scope.conditional) return;
		if (scope.blocks.length === 0) scope.into.rules.push(rule);
		else if (rule.kind === "file" || rule.kind === "link") {
			const qualifiers = inBlocks(rule.qualifiers, scope.blocks);
			if (qualifiers !== undefined) scope.into.rules.push({ ...rule, qualifiers });
		}
	}

	private fail(code: string, reason: string, place: SourceRange): void {
		this.errors.push(new PolicyError(reason, place.position, place.file, code));
	}
}
