import * as pulumi from "@pulumi/pulumi";

/** Where the loaders of one distribution are found. */
export interface LoaderPlace {
	namespace: pulumi.Input<string>;
	selector: Record<string, string>;
}

/**
 * An error hook that tells where to read what each node says. Kubernetes' provider shows that while it waits, but not in
 * its error. None where the engine is too old for such hooks.
 */
export function explainsFailure(name: string, place: LoaderPlace): pulumi.ResourceHookBinding {
	if (!engineHasErrorHooks()) return {};
	const hook = new pulumi.ErrorHook(`pulumi-apparmor:${name}`, async ({ failedOperation }) => {
		if (failedOperation !== "delete") await tell(place);
		return false;
	});
	return { onError: [hook] };
}

async function tell({ namespace, selector }: LoaderPlace): Promise<void> {
	const known = await new Promise<string>((resolve) => pulumi.output(namespace).apply(resolve));
	const labels = Object.entries(selector).map((pair) => pair.join("="));
	await pulumi.log.error(
		`not every node has every profile as declared. What was loaded before stays loaded, and the loaders go on trying. ` +
			`What each of them says:\n  kubectl --namespace ${known} logs --selector ${labels.join(",")} --prefix --tail 20`,
	);
}

/** Whether there is an engine that knows error hooks; mocks, as in a program's own tests, do not. */
function engineHasErrorHooks(): boolean {
	// The SDK has no public way to ask, and a program ends that registers a hook where there are none.
	const internals = pulumi.runtime as unknown as { getMonitor?(): { registerErrorHook?: unknown } | undefined };
	if (typeof internals.getMonitor?.()?.registerErrorHook !== "function") return false;
	const { getStore } = require("@pulumi/pulumi/runtime/state") as { getStore?(): { supportsErrorHooks?: boolean } };
	return getStore?.().supportsErrorHooks === true;
}
