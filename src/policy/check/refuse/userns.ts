import type { UsernsRule } from "../../rules/userns";
import type { Fault } from "../fault";
import { refusePermissions } from "./permissions";

export function refuseUserns(rule: UsernsRule): Fault[] {
	return refusePermissions("userns", rule.permissions, ["create"]);
}
