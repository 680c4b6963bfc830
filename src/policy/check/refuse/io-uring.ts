import type { IoUringRule } from "../../rules/io-uring";
import type { Fault } from "../fault";
import { refusePermissions } from "./permissions";

export function refuseIoUring(rule: IoUringRule): Fault[] {
	return refusePermissions("io_uring", rule.permissions, ["override_creds", "sqpoll"]);
}
