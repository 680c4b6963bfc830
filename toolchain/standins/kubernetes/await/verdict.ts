import { apiVersionOf, type KubeObject, kindOf, nameOf, namespaceOf } from "../object";

/** What is seen of an object that is waited for. */
export interface View {
	/** As last seen; the one that was applied, until the first news of it. */
	object: KubeObject;
	/** The pods, replica sets, … of its namespace that may belong to it. */
	related: KubeObject[];
}

export interface Verdict {
	ready: boolean;
	/** It will not become ready by itself: waiting on is of no use. */
	failed: boolean;
	/** Passing remarks, for whoever watches. */
	status: string[];
	/** What to say beside that it is not ready. */
	details: string[];
}

/** How to wait for objects of one kind, and how to tell whether one is ready. */
export interface Awaiter {
	/** The kinds of objects that may belong to it, beside itself. */
	related: { apiVersion: string; kind: string }[];
	judge(view: View): Verdict;
	/** The error's first words when the time is up. */
	timedOut(object: KubeObject): string;
}

export const kindsOf = (objects: KubeObject[], kind: string) => objects.filter((object) => kindOf(object) === kind);

/** The name, with its namespace unless that is `default`. */
export const fullName = (object: KubeObject) =>
	namespaceOf(object) && namespaceOf(object) !== "default"
		? `${namespaceOf(object)}/${nameOf(object)}`
		: nameOf(object);

export const awaiterKey = (object: KubeObject) => `${apiVersionOf(object)}/${kindOf(object)}`;
