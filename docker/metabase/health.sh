#!/bin/bash
# Exit 0 where Metabase is up and has its own database. A base need not have curl.
exec 3<>"/dev/tcp/127.0.0.1/$MB_JETTY_PORT" || exit 1
printf 'GET /api/health HTTP/1.0\r\n\r\n' >&3
read -r -t 5 status <&3
[[ $status == *' 200 '* ]]
