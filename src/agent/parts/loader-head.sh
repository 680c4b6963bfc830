#!/bin/sh
# apparmor-agent.sh: keeps AppArmor profiles loaded on this node for pulumi-apparmor. Managed by Pulumi; do not edit.
#
# Usage:
#   apparmor-agent.sh serve FOLDER
#       For a pod on each node of a cluster: loads what FOLDER/declared names (NAME, MODE, HASH and FILE with tabs
#       between, a line a profile; FILE lies beside it, plain or .gz), keeps it loaded, and unloads what is no longer
#       declared once no process uses it. Ends with 1 where the first load fails, or where later it cannot put something
#       back for half a minute. On SIGTERM it ends, and all stays.
#   apparmor-agent.sh ready
#       Exit status 0 once all that serve was given is loaded, or the node has no AppArmor.
#
# Words on stderr; what is found, in /run/pulumi-apparmor: status.json, and its message in ready or failed. Exit status:
# 0 done; 1 failed, and what the node had stays; 2 wrong arguments.
#
# serve is told by the environment: AGENT_OWNER (whose the profiles are), NODE_NAME, AGENT_NODE_ROOT (where the node's
# own parser is mounted, with what it needs), AGENT_FEATURES_DIR (node-feature-discovery's folder of feature
# files), AGENT_UNUSED_SECONDS (how long no process may have used a profile before it is unloaded; 360). It needs
# AppArmor's securityfs to write to, /var/lib/pulumi-apparmor of the node under the same path, a writable
# /run/pulumi-apparmor, and the node's /proc in AGENT_NODE_ROOT or /host; and on top of coreutils, gzip.
#
# For tests: AGENT_ROOT (put before /dev, /run, /var, /host, /proc, /sys), AGENT_SECURITYFS (/sys/kernel/security),
# AGENT_PARSER, AGENT_UNLOADER (a program that is given the name of the profile to unload, instead of the kernel's
# .remove file).
