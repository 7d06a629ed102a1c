#!/usr/bin/env bash
# ./finops in its container: the same commands, paths and exit codes; nothing but podman is needed.
#
#   ./finops-podman.sh demo
#   ./finops-podman.sh aws import-cur -b YOUR-BUCKET -p YOUR-PREFIX -n YOUR-EXPORT
#
# The image is built at the first start and after each change of this folder; OPEN_FINOPS_IMAGE names
# another. What the container sees, and as whom it runs, is told in docs/deployment/podman.md.
set -euo pipefail

project=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")" && pwd -P)
here=$(pwd -P) home=${HOME:-/}
declare -A shown=()
mounts=() variables=() path='' signal='' child='' scratch='' is_ending='' code=0

complain() { printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2; exit 69; }

# stop SIGNAL: have the podman at work ended; from a terminal it hears Ctrl-C itself, once the container
# is there.
# shellcheck disable=SC2317 # traps call it
stop() {
    signal=$1
    [ -n "$child" ] || interrupted
    [ "$1" != INT ] || [ ! -s "$scratch/id" ] || ! { [ -t 0 ] || [ -t 1 ] || [ -t 2 ]; } || return 0
    is_ending=yes
    tell_to_end # also where attend has looked for the signal, and only now begins to wait
}

# interrupted: end as ./finops does, as nothing has begun.
interrupted() { printf 'error: interrupted before the container began\n' >&2; exit 130; }

# attend COMMAND...: run a command. It is told to end until it does: the first process of a container
# does not hear SIGTERM in its first moments, and finops hears it once. Cron may close stdin.
attend() {
    local code=0
    { : <&0; } 2>/dev/null || exec </dev/null
    child=none
    "$@" <&0 &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        if [ -z "$is_ending" ]; then
            wait "$child" || true
        else
            tell_to_end
            sleep 0.5
        fi
    done
    wait "$child" || code=$?
    child=''
    return "$code"
}

# tell_to_end: tell the container, or podman while there is none. A podman that hands a signal on to a
# container that has ended is itself ended by it, and the container's exit code is lost.
tell_to_end() {
    if [ -s "$scratch/id" ]; then
        podman kill --signal TERM "$(cat "$scratch/id")" >/dev/null 2>&1 || true
    else
        kill -s TERM "$child" 2>/dev/null || true
    fi
}

# version: a hash of what the image is made of, which the Containerfile's COPY lines name.
version() {
    local file=docker/finops/Containerfile parts
    cd "$project"
    read -r -d '' -a parts < <(sed -n '/^COPY --/d; s/^COPY \(.*\) [^ ]*$/\1/p' "$file") || true
    find "$file" "${parts[@]}" \
        \( -name __pycache__ -o -path dashboards/ui -o -path focus/target -o -path focus/logs \) -prune \
        -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
        { cat; printf '%s' "${OPEN_FINOPS_BASE:-}"; } | sha256sum | head -c 16
}

# build: make the image anew, unless it is of this version.
build() {
    local wanted built
    wanted=$(version)
    built=$(podman image inspect --format '{{index .Labels "open-finops.version"}}' "$image" 2>/dev/null) || built=''
    [ "$built" != "$wanted" ] || return 0
    printf 'building %s of this checkout, once\n' "$image" >&2
    attend podman build --quiet --file "$project/docker/finops/Containerfile" --tag "$image" \
        --label "open-finops.version=$wanted" \
        ${OPEN_FINOPS_BASE:+--build-arg "BASE=$OPEN_FINOPS_BASE"} "$project" >&2 ||
        { [ -z "$signal" ] || interrupted; complain "cannot build the image $image" 'What podman wrote above tells why.'; }
}

# show PATH [ro]: mount a folder or a file where it is, unless it is seen already.
show() {
    local mode=${2:-rw} around=$1
    case $1 in
        / | /bin | /boot | /dev | /etc | /lib | /lib64 | /opt | /proc | /run | /sbin | /sys | /usr | /var) return 0 ;;
        /usr/local | /bin/* | /dev/* | /lib/* | /proc/* | /sys/* | /usr/bin/* | /usr/lib/* | /usr/local/lib/* | *:*) return 0 ;;
        /opt/finops) complain "the image has its own /opt/finops" 'Move this folder, to /opt/open-finops for example.' ;;
    esac
    while [ -n "$around" ]; do
        case ${shown[$around]:-} in rw | "$mode") return 0 ;; esac
        around=${around%/*}
    done
    shown[$1]=$mode
    mounts+=(--volume "$1:$1:$mode")
}

# meant FOLDER TEXT: let $path be what a text means as a path that begins at the folder; '' for a URL.
meant() {
    path=${2#file://}
    case $path in
        '' | *://*) path='' ;;
        '~' | '~'/*) path=$home${path#'~'} ;;
        /*) ;;
        *) path=$1/$path ;;
    esac
}

# see FOLDER TEXT [ro]: show the path that a text means, if it exists, and where its links lead.
see() {
    meant "$1" "$2"
    if [ ! -e "$path" ] && compgen -G "$path" >/dev/null; then
        path=${path%%[*?[]*} path=${path%/*}
    fi
    if [ -e "$path" ]; then
        show "$(realpath -s -- "$path")" "${3:-rw}"
        show "$(realpath -- "$path")" "${3:-rw}"
    fi
}

# see_argument TEXT: show the folder that an argument names, or the nearest around what it names; of a
# link, also of what it leads to.
see_argument() {
    local text=$1
    case $text in --*=*) text=${text#*=} ;; -[!-]*) text=${text:2} ;; esac
    case $text in */* | ..) ;; *) [ -L "$here/$text" ] || return 0 ;; esac
    meant "$here" "$text"
    text=$path
    [ ! -L "$text" ] || see_nearest "$(realpath -m -- "$text")"
    see_nearest "$text"
}

# see_nearest PATH: show a folder, or the nearest around what is none.
see_nearest() {
    local folder=$1
    while [ -n "$folder" ] && [ ! -d "$folder" ]; do folder=${folder%/*}; done
    see / "$folder"
}

# setting NAME: what config.toml says, on one line, in single or double quotes.
setting() {
    local key="([^#]*[^#A-Za-z0-9_-])?$1[\"']?[[:space:]]*=[[:space:]]*"
    [ ! -f "$config" ] || sed -nE "/^$key(\"([^\"]*)\"|'([^']*)').*/{s//\3\4/p;q}" "$config"
}

# make FOLDER: make what data lie in, for the user of the container; root's own is refused. What
# another user may not make, the command itself tells.
make() {
    if [ "$EUID" != 0 ]; then
        [ -d "$1" ] || (umask 027 && mkdir -p -- "$1" 2>/dev/null) || true
        return 0
    fi
    if [ ! -d "$1" ]; then
        (umask 027 && mkdir -p -- "$1") || complain "cannot make $1" 'Set another data_dir or database_path.'
        chown -h -- "${user:-10001:10001}" "$1"
    fi
    [ "$(stat -Lc %u -- "$1")" != 0 ] ||
        complain "$1 belongs to root, and nothing in the container runs as root" "chown -R 10001:10001 $1"
}

# allows RIGHTS PATH: whether the container's user may read (4) and enter (1) what root named.
allows() {
    local owner group mode
    read -r owner group mode < <(stat -Lc '%u %g %a' -- "$2")
    mode=$((8#$mode))
    if [ "$owner" = "${user%:*}" ]; then
        mode=$((mode >> 6))
    elif [ "$group" = "${user#*:}" ]; then
        mode=$((mode >> 3))
    fi
    [ $((mode & $1)) = "$1" ]
}

# choose_image: the one of this checkout, or the one that is named.
choose_image() {
    command -v podman >/dev/null || complain 'podman is not here' 'apt install podman, or dnf install podman.'
    image=${OPEN_FINOPS_IMAGE:-}
    if [ -z "$image" ]; then
        image=localhost/open-finops:cli-$(printf %s "$project" | sha256sum | head -c 6)
        build
    else
        podman image exists "$image" || [ $? = 1 ] || complain 'podman does not work here' 'What it wrote above tells why.'
        podman image exists "$image" || complain "there is no image $image" 'Pull it, or unset OPEN_FINOPS_IMAGE.'
    fi
}

# find_config ARGUMENT...: as ./finops finds it: named, in the working directory, beside this script.
find_config() {
    config='' previous='' words=() others=()
    for argument in "$@"; do
        text=''
        case $argument in --config=*) text=${argument#*=} ;; -c?*) text=${argument:2} ;; esac
        case $previous in -c | --config) text=$argument ;; esac
        [ -n "$text" ] || others+=("$argument")
        config=${text:-$config}
        [ ! -f "$text" ] || argument=${argument%"$text"}$(realpath -- "$text")
        words+=("$argument")
        previous=$argument
    done
    if [ -z "$config" ]; then
        for config in "$here/config.toml" "$project/config.toml" ''; do [ ! -f "$config" ] || break; done
        [ -z "$config" ] || [ $# = 0 ] || words=(--config "$(realpath -- "$config")" "${words[@]}")
    fi
    base=$project
    [ ! -f "$config" ] || { config=$(realpath -- "$config") && base=$(dirname "$config"); }
}

# find_data: variables, config.toml, data/ beside it or beside this script; their owner is the user.
find_data() {
    data=${OPEN_FINOPS_PROJECT_DATA_DIR:-${OPEN_FINOPS_DATA_DIR:-}}
    meant "$base" "${data:-$(setting data_dir)}"
    folder=${path:-$base/data} user=''
    make "$folder"
    if [ -n "$data" ] || [ ! -f "$config" ]; then data=$folder; fi
    if [ "$EUID" = 0 ]; then user=$(stat -Lc %u:%g -- "$folder"); else user=$EUID:${GROUPS[0]}; fi
}

# show_folders: what may be written. A working directory for root's eyes is empty to another user.
show_folders() {
    if [ "$EUID" != 0 ] || allows 5 "$here"; then show "$here"; else mounts+=(--tmpfs "$here:mode=755,notmpcopyup"); fi
    [ -n "${shown[$here]:-}" ] || case $here in
        /usr/* | *:*) complain "the container cannot see $here" 'Start in another folder, without a colon in its name.' ;;
    esac
    see / "$folder"
    for name in OPEN_FINOPS_DATABASE_DUCKDB_DATABASE_PATH OPEN_FINOPS_DATABASE_PATH OPEN_FINOPS_CURRENCY_RATES; do
        [ -z "${!name:-}" ] || { meant "$base" "${!name}"; export "$name=$path"; }
    done
    database=${OPEN_FINOPS_DATABASE_DUCKDB_DATABASE_PATH:-${OPEN_FINOPS_DATABASE_PATH:-$(setting database_path)}}
    meant "$base" "$database"
    [ -z "$path" ] || { folder=${path%/*} && make "$folder" && see / "$folder"; }
    for argument in "${others[@]}"; do see_argument "$argument"; done
}

# show_for_reading: config.toml, the paths that it names, credentials.
show_for_reading() {
    if [ -f "$config" ]; then
        [ "$EUID" != 0 ] || allows 4 "$config" ||
            complain "$config cannot be read by user ${user%:*}, as whom the container runs" "chown ${user%:*} $config"
        case " ${others[*]} " in *' config init '*) ;; *) shown[$config]=ro mounts+=(--volume "$config:$config:ro") ;; esac
        while read -r text; do
            see "$base" "${text:1:-1}" ro
        done < <(grep -v '^[[:space:]]*#' "$config" | grep -oE "\"[^\"]+\"|'[^']+'")
    fi
    # AWS keeps there the tokens that it renews.
    [ ! -d "$home/.aws/sso/cache" ] || show "$home/.aws/sso/cache"
    for folder in .aws .azure .config/gcloud; do
        file=''
        [ "$EUID" != 0 ] || [ ! -d "$home/$folder" ] ||
            file=$(find -L "$home/$folder" -maxdepth 1 -type f ! -perm -004 ! -user "${user%:*}" -print -quit)
        [ -n "$file" ] || { see "$home" "$folder" ro; continue; }
        case " ${others[*]} " in *' import'* | *' run '* | *' list-'* | *' doctor '* | *' schedule '*)
            printf 'note:  %s is not seen: user %s of the container cannot read it\n' "$file" "${user%:*}" >&2 ;;
        esac
    done
}

# pass_variables: by name alone: what they hold is not shown by ps.
pass_variables() {
    while read -r name; do
        case $name in
            OPEN_FINOPS_DATA_DIR | OPEN_FINOPS_PROJECT_DATA_DIR | OPEN_FINOPS_IMAGE | OPEN_FINOPS_BASE | OPEN_FINOPS_VENV) continue ;;
            OPEN_FINOPS_* | AWS_* | AZURE_* | GOOGLE_* | CLOUDSDK_* | SSL_CERT_* | REQUESTS_CA_BUNDLE | TZ | LANG | TERM | COLUMNS | NO_COLOR) ;;
            *) continue ;;
        esac
        variables+=(--env "$name")
        case ${!name} in */*) see "$here" "${!name}" ro ;; esac
    done < <(compgen -e)
}

# choose_options: small rights, the machine's network, a terminal where there is one.
choose_options() {
    options=(--rm --interactive --network host --no-healthcheck --image-volume ignore --log-driver none)
    options+=(--read-only --cap-drop all --security-opt no-new-privileges --security-opt label=disable)
    [ -n "${shown[/tmp]:-}" ] || options+=(--tmpfs /tmp:mode=1777)
    [ "$EUID" = 0 ] || options+=(--userns keep-id)
    if [ -t 0 ] && [ -t 1 ] && [ -t 2 ]; then options+=(--tty); fi
}

trap 'stop INT' INT; trap 'stop TERM' TERM
[ "${1:-}" != deploy ] || complain 'deploy starts containers of its own, and none is made in a container' './finops deploy does.'
choose_image; find_config "$@"; find_data
show_folders; show_for_reading; pass_variables; choose_options

# podman ends with 0 or 1, and leaves the container, where a signal comes before that has begun.
scratch=$(mktemp -d) || complain 'no folder for working files can be made' 'TMPDIR has to name one that may be written.'
trap 'rm -rf "$scratch"' EXIT
attend podman run "${options[@]}" --cidfile "$scratch/id" --user "$user" --workdir "$here" \
    --env "HOME=$home" --env "OPEN_FINOPS_DATA_DIR=$data" "${variables[@]}" "${mounts[@]}" \
    "$image" "${words[@]}" || code=$?
# 125 to 127 are podman's own, and the reason is what it wrote.
[ -n "$signal" ] || case $code in 125 | 126 | 127) exit 69 ;; *) exit "$code" ;; esac
id=$(cat "$scratch/id" 2>/dev/null) || interrupted
! podman container exists "$id" || { podman rm --force --time 0 "$id" >/dev/null 2>&1 || true; interrupted; }
[ "$code" != 125 ] || exit 130 # a signal came too late for the container, and podman says so
exit "$code"
