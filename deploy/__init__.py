"""The stack in containers: started, looked after, saved and renewed by `finops deploy`.

Speaks to podman-compose, `podman compose` or `docker compose`; docker-compose.yml says what runs.
"""
