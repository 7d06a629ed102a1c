#!/bin/sh
# Start Metabase, under any user and on a root that cannot be written.
set -eu
# Metabase takes no folder of plugins that it cannot write.
mkdir -p "$MB_PLUGINS_DIR"
ln -sf /opt/metabase/drivers/*.jar "$MB_PLUGINS_DIR/"
# DuckDB needs memory beside Java's: memory_limit of its connection, 2 GB unless set otherwise.
# shellcheck disable=SC2086
exec java -XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError -Djava.awt.headless=true \
    -Dfile.encoding=UTF-8 -Duser.home=/tmp --add-opens=java.base/java.nio=ALL-UNNAMED \
    ${JAVA_OPTS:-} -jar /opt/metabase/metabase.jar
