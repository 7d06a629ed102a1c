#!/bin/sh
# Put the NAME=value lines of a file into the environment, as they stand, and become a program.
#
#   sh with_secrets.sh FILE PROGRAM [ARGUMENT...]
#
# So neither ps nor inspect shows secrets. The rules are those of deploy/pairs.py: nothing is expanded
# or run, a pair of quotes around a value is left out. A file that is not there holds none.
set -eu

file=$1 number=0
shift

fail() { printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2; exit 12; }

[ ! -e "$file" ] || [ -r "$file" ] || fail "$file cannot be read by user $(id -u)" \
    'It must belong to the owner of the data folder: ./finops deploy up sees to it.'
[ -e "$file" ] || file=/dev/null
while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    line=${line#"${line%%[![:space:]]*}"}
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*}
    name=${name%"${name##*[![:space:]]}"}
    case $line in *=*) ;; *) name='' ;; esac
    case $name in
        '' | [0-9]* | *[!A-Za-z0-9_]*) fail "$file, line $number: no NAME=value" \
            'Correct that file of secrets/; # begins a comment. The line itself is not shown.' ;;
    esac
    value=${line#*=}
    value=${value#"${value%%[![:space:]]*}"}
    value=${value%"${value##*[![:space:]]}"}
    case $value in \"*\" | \'*\') value=${value#?} value=${value%?} ;; esac
    export "$name=$value"
done <"$file"
exec "$@"
