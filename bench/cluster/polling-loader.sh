# What loaders that poll do, in shell: at once and then every 30 s, each policy in the folder that is not the one that
# was loaded last is loaded in its place. $1: the folder where the ConfigMap is mounted.
trap 'exit 0' TERM
mkdir -p /loaded
while :; do
	for policy in "$1"/*; do
		name=${policy##*/}
		sum=$(sha256sum <"$policy")
		loaded=
		[ ! -e "/loaded/$name" ] || read -r loaded <"/loaded/$name"
		[ "$sum" != "$loaded" ] || continue
		apparmor_parser --replace --skip-cache --quiet "$policy" || continue
		echo "$sum" >"/loaded/$name"
		echo "$name is loaded"
	done
	sleep 30 &
	wait $!
done
