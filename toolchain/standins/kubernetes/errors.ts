import type { KubeObject } from "./object";

/** The API server's refusal, with its own words. */
export class ApiError extends Error {
	override name = "ApiError";

	constructor(
		readonly code: number,
		readonly reason: string,
		message: string,
		/** The kind of resource that it speaks of, e.g. `namespaces`. */
		readonly about = "",
	) {
		super(message);
	}
}

/** The API server knows no such kind, or not yet. */
export class NoSuchKind extends Error {
	override name = "NoSuchKind";
}

export const isNotFound = (error: unknown): error is ApiError => error instanceof ApiError && error.code === 404;
export const isForbidden = (error: unknown): error is ApiError => error instanceof ApiError && error.code === 403;
export const isConflict = (error: unknown): error is ApiError =>
	error instanceof ApiError && error.code === 409 && error.reason === "Conflict";
export const isAlreadyExists = (error: unknown): error is ApiError =>
	error instanceof ApiError && error.code === 409 && error.reason === "AlreadyExists";

/** The object is there, but what was waited for did not come true. */
export class NotReadyError extends Error {
	override name = "NotReadyError";

	constructor(
		message: string,
		readonly object: KubeObject,
		/** What the cluster says about it, a line each. */
		readonly details: string[] = [],
	) {
		super(message);
	}
}
