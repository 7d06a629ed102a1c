#!/bin/sh
# What the build of Metabase's image asks first (arguments), and of what it was given (jars).
set -eu

fail() { printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2; exit 1; }

arguments() {
    for name in METABASE_VERSION METABASE_SHA256 DRIVER_VERSION DRIVER_SHA256; do
        eval "value=\${$name:-}"
        [ -n "$value" ] || fail "the build argument $name is missing" 'docs/metabase.md tells where to find it.'
    done
    case $METABASE_VERSION in 0.63.*) ;; *) fail "Metabase $METABASE_VERSION is not 0.63" \
        'Cards and driver were made for 0.63; edit docker/metabase/check.sh to try another.' ;; esac
    case $DRIVER_VERSION in 1.5.5.*) ;; *) fail "driver $DRIVER_VERSION is not 1.5.5" \
        'The driver has to be of the DuckDB that writes the data.' ;; esac
    java -version 2>&1 | grep -q 'version "21' || fail 'the base has no Java 21' 'Give another BASE.'
    getconf GNU_LIBC_VERSION >/dev/null 2>&1 || fail 'the base has no glibc' 'DuckDB needs it: not Alpine.'
}

# same FILE SHA256: end the build where a file is another one.
same() {
    found=$(sha256sum "$1" | cut -d ' ' -f 1)
    [ "$found" = "$2" ] || fail "$1 has the SHA-256 $found, not $2" 'Is it the version that you want? Ask its makers.'
    chmod 0644 "$1"
}

case $1 in
    arguments) arguments ;;
    jars) same metabase.jar "$METABASE_SHA256"; same duckdb.metabase-driver.jar "$DRIVER_SHA256" ;;
esac
