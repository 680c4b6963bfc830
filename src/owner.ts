import * as pulumi from "@pulumi/pulumi";

/** Who a profile on a host belongs to: this stack. No two stacks may manage one profile on one host. */
export function stackOwner(): string {
	return `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
}
