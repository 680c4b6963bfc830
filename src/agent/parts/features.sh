# ---- The loader: the node's labels ---------------------------------------------------------------------

# With AGENT_FEATURES_DIR, node-feature-discovery's folder of feature files: it labels the node with
# feature.node.kubernetes.io/apparmor-profile.NAME=MODE. It passes over files whose name starts with a dot.
FEATURES=${AGENT_FEATURES_DIR-}

begin_features() { [ -z "$FEATURES" ] || printf '# boot %s\n' "$boot" >"$RUN/.features"; }

# forget_features: nobody keeps these profiles any more.
forget_features() { [ -z "$FEATURES" ] || rm -f -- "$FEATURES/pulumi-apparmor-$key"; }

# forget_old_features: what was loaded before the node's boot is not loaded now.
forget_old_features() {
	[ -n "$FEATURES" ] || return 0
	was=
	{ IFS= read -r was <"$FEATURES/pulumi-apparmor-$key"; } 2>/dev/null
	[ "$was" = "# boot $boot" ] || forget_features
}

# write_feature: for $name, as far as its name makes a label: at most 63 characters behind the "/", no "+", a letter
# or digit at its end.
write_feature() {
	[ -n "$FEATURES" ] || return 0
	case $name in *+* | *[._-]) return ;; esac
	[ "${#name}" -gt 46 ] || printf 'feature.node.kubernetes.io/apparmor-profile.%s=%s\n' "$name" "$k_mode" >>"$RUN/.features"
}

end_features() {
	[ -n "$FEATURES" ] || return 0
	# One $(…) a command: bash 5.2 cannot run a trap between two, and ends with a syntax error.
	now=$(cat "$RUN/.features")
	was=$(cat "$FEATURES/pulumi-apparmor-$key" 2>/dev/null)
	[ "$now" = "$was" ] ||
		{ cp -- "$RUN/.features" "$FEATURES/.pulumi-apparmor-$key" && mv -f -- "$FEATURES/.pulumi-apparmor-$key" "$FEATURES/pulumi-apparmor-$key"; } ||
		say "cannot write $FEATURES/pulumi-apparmor-$key: node-feature-discovery does not hear of the profiles"
}
