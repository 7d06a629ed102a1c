#!/bin/sh
# Put the NAME=value lines of a file into the environment, as they stand, and become a program.
#
#   sh with_secrets.sh FILE PROGRAM [ARGUMENT...]
#
# So neither ps nor inspect shows secrets. The rules are those of deploy/pairs.py: nothing is expanded
# or run, a pair of quotes around a value is left out. A file that is not there holds none. What this
# script counts with has names that no secret is likely to have.
set -eu

_file=$1 _number=0
shift

fail() { printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2; exit 12; }

[ ! -e "$_file" ] || [ -r "$_file" ] || fail "$_file cannot be read by user $(id -u)" \
    'It must belong to the owner of the data folder: ./finops deploy up sees to it.'
[ -e "$_file" ] || _file=/dev/null
while IFS= read -r _line || [ -n "$_line" ]; do
    _number=$((_number + 1))
    _line=${_line#"${_line%%[![:space:]]*}"}
    case $_line in '' | '#'*) continue ;; esac
    _name=${_line%%=*}
    _name=${_name%"${_name##*[![:space:]]}"}
    case $_line in *=*) ;; *) _name='' ;; esac
    case $_name in
        '' | [0-9]* | *[!A-Za-z0-9_]*) fail "$_file, line $_number: no NAME=value" \
            'Correct that file of secrets/; # begins a comment. The line itself is not shown.' ;;
    esac
    _value=${_line#*=}
    _value=${_value#"${_value%%[![:space:]]*}"}
    _value=${_value%"${_value##*[![:space:]]}"}
    case $_value in \"*\" | \'*\') _value=${_value#?} _value=${_value%?} ;; esac
    export "$_name=$_value"
done <"$_file"
exec "$@"
