export type { Diagnostic, Events, Step, Summary } from "./events";
export {
	type OperationOptions,
	type OperationResult,
	type ProjectOptions,
	PulumiError,
	PulumiProject,
} from "./project";
export { ensureToolchain, type Toolchain } from "./toolchain";
