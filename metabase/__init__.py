"""Metabase filled by code: its database, cards and dashboards from docker/metabase/content/.

Reads core's settings and the published file; nothing of core imports it. The API that it speaks
is that of Metabase 0.62 to 0.65 (open source).
"""
