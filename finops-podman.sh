#!/usr/bin/env bash
# ./finops in its container: the same commands, paths and exit codes; nothing but podman is needed.
#
#   ./finops-podman.sh demo
#   ./finops-podman.sh aws import-cur -b YOUR-BUCKET -p YOUR-PREFIX -n YOUR-EXPORT
#
# The first start builds the image; OPEN_FINOPS_IMAGE names another. It sees this folder's config.toml,
# the data folder, the working directory and the paths that its arguments name, each where it is, and
# the clouds' credential folders read-only. See docs/deployment/podman.md.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
here=$(pwd -P)
image=${OPEN_FINOPS_IMAGE:-localhost/open-finops:latest}
home=${HOME:-/}
mounts=()
outer=()

complain() { printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2; exit 69; }

# mount PATH [ro]: show a folder or a file where it is, unless a mount that can be written does.
mount() {
    local path=$1 mode=${2:-rw} folder
    for folder in "${outer[@]}"; do
        case $path/ in "$folder"/*) return 0 ;; esac
    done
    case $path in
        / | /bin | /boot | /dev | /etc | /lib | /lib64 | /opt | /proc | /run | /sbin | /sys | /usr | /var) return 0 ;;
        /bin/* | /dev/* | /lib/* | /proc/* | /sys/* | /usr/* | *:*) return 0 ;;
    esac
    [ "$mode" = ro ] || outer+=("$path")
    mounts+=(--volume "$path:$path:$mode")
}

# mount_argument TEXT: show the folder of a path that an argument names.
mount_argument() {
    local path=${1#--*=}
    case $path in *://* | -* | '') return 0 ;; */* | ..) ;; *) return 0 ;; esac
    path=$(realpath -m -- "$path")
    [ -d "$path" ] || path=$(dirname "$path")
    [ ! -d "$path" ] || mount "$path"
}

command -v podman >/dev/null || complain 'podman is not here' 'apt install podman, or dnf install podman.'
podman image exists "$image" || {
    [ -z "${OPEN_FINOPS_IMAGE:-}" ] || complain "there is no image $image" 'Pull it, or unset OPEN_FINOPS_IMAGE.'
    printf 'building %s, once\n' "$image" >&2
    podman build --quiet --file "$project/docker/finops/Containerfile" --tag "$image" \
        ${OPEN_FINOPS_BASE:+--build-arg "BASE=$OPEN_FINOPS_BASE"} "$project" >&2 ||
        complain "the image $image could not be built" 'What podman wrote above tells why.'
}

# The configuration, as ./finops finds it: named, in the working directory, beside this script.
config='' previous=''
for argument in "$@"; do
    case $previous in -c | --config) config=$argument ;; esac
    case $argument in --config=*) config=${argument#--config=} ;; esac
    previous=$argument
done
named=()
if [ -z "$config" ]; then
    for config in "$here/config.toml" "$project/config.toml" ''; do
        [ ! -f "$config" ] || { named=(--config "$config"); break; }
    done
fi

# The data folder: the variable, config.toml's data_dir, data/ beside this script.
base=$project
data=${OPEN_FINOPS_PROJECT_DATA_DIR:-${OPEN_FINOPS_DATA_DIR:-}}
if [ -f "$config" ]; then
    config=$(realpath "$config")
    base=$(dirname "$config")
    [ -n "$data" ] ||
        data=$(sed -n "s/^[[:space:]]*data_dir[[:space:]]*=[[:space:]]*[\"']\([^\"']*\)[\"'].*/\1/p" "$config" | head -n 1)
fi
data=${data:-data}
case $data in /*) ;; '~'/*) data=$home/${data#'~'/} ;; *) data=$base/$data ;; esac
data=$(realpath -m "$data")
[ -d "$data" ] || (umask 027 && mkdir -p "$data") || complain "cannot make $data" 'Set another data_dir.'

# Files belong to this user; root takes the owner of the data, as whom the deployment runs.
if [ "$(id -u)" = 0 ]; then
    user=(--user "$(stat -c %u:%g "$data")")
else
    user=(--userns keep-id --user "$(id -u):$(id -g)")
fi

mount "$here"
mount "$data"
[ ! -f "$config" ] || [ "${1:-} ${2:-}" = 'config init' ] || mounts+=(--volume "$config:$config:ro")
for argument in "$@"; do mount_argument "$argument"; done
if [ -f "$config" ]; then
    while read -r path; do
        [ ! -e "$path" ] || mount "$(realpath "$path")" ro
    done < <(grep -v '^[[:space:]]*#' "$config" | grep -oE "[\"'](file://)?/[^\"']+[\"']" | tr -d "\"'" | sed 's,^file://,,')
fi
for folder in .aws .azure .config/gcloud; do
    [ ! -d "$home/$folder" ] || mount "$home/$folder" ro
done
if [ -f "${GOOGLE_APPLICATION_CREDENTIALS:-}" ]; then mount "$(realpath "$GOOGLE_APPLICATION_CREDENTIALS")" ro; fi

# By name alone: what they hold is not shown by ps.
variables=()
while read -r name; do
    case $name in OPEN_FINOPS_*) mount_argument "${!name}" ;; esac
    case $name in
        OPEN_FINOPS_DATA_DIR | OPEN_FINOPS_PROJECT_DATA_DIR | OPEN_FINOPS_IMAGE | OPEN_FINOPS_BASE) ;;
        OPEN_FINOPS_* | AWS_* | AZURE_* | GOOGLE_* | CLOUDSDK_* | TZ | LANG | TERM | COLUMNS | NO_COLOR | SSL_CERT_FILE) variables+=(--env "$name") ;;
    esac
done < <(compgen -e)
for name in SSL_CERT_FILE AWS_CA_BUNDLE; do
    if [ -f "${!name:-}" ]; then mounts+=(--volume "$(realpath "${!name}"):${!name}:ro"); fi
done

options=(--rm --interactive --network host --no-healthcheck --pids-limit 2048)
options+=(--read-only --tmpfs /var/dlt --cap-drop all --security-opt no-new-privileges)
case " ${outer[*]} " in *' /tmp '*) ;; *) options+=(--tmpfs /tmp:mode=1777) ;; esac
if command -v selinuxenabled >/dev/null && selinuxenabled; then options+=(--security-opt label=disable); fi
if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then options+=(--tty); fi

exec podman run "${options[@]}" "${user[@]}" --workdir "$here" --env "HOME=$home" \
    --env "OPEN_FINOPS_DATA_DIR=$data" "${variables[@]}" "${mounts[@]}" "$image" "${named[@]}" "$@"
