import { isSignal, signals } from "../../knowledge/signals";
import type { SignalRule } from "../../rules/signal";
import { type Fault, suggestion } from "../fault";
import { letters, refusePermissions } from "./permissions";

const permissions = ["send", "receive", "read", "write", ...letters];

export function refuseSignal(rule: SignalRule): Fault[] {
	return [
		...refusePermissions("signal", rule.permissions, permissions),
		...rule.signals
			.filter((name) => !isSignal(name))
			.map((name) => {
				const bare = name.toLowerCase().replace(/^sig/, "");
				const hint = isSignal(bare) ? ` (did you mean ${bare}?)` : suggestion(name, signals);
				return { code: "unknown-signal", message: `apparmor_parser knows no signal ${name}${hint}` };
			}),
	];
}
