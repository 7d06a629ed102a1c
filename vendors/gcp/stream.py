"""BigQuery's Storage Read API: Arrow record batches into one Parquet file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound
from google.auth.exceptions import GoogleAuthError
from google.cloud.bigquery_storage_v1 import BigQueryReadClient, types
from google.cloud.bigquery_storage_v1.services.big_query_read.transports import (
    BigQueryReadGrpcTransport,
)

from core.errors import AccessDenied, BucketNotFound, CredentialsMissing, Unreachable
from core.storage.google import HINT, ROLES

if TYPE_CHECKING:
    from vendors.gcp.bigquery import BigQueryStore

LARGEST_MESSAGE = [("grpc.max_receive_message_length", 256 * 1024 * 1024)]
ROW_GROUP = 122_880


def read_month(store: BigQueryStore, restriction: str, key: str, target: Path) -> int:
    """Write the lines of a restriction to `target`; return how many there were."""
    with storage_errors(store.location), connect(store) as client:
        session = open_session(client, store, restriction)
        store.charge(f"reading invoice month {key}", int(session.estimated_total_bytes_scanned))
        schema = pa.ipc.read_schema(pa.py_buffer(session.arrow_schema.serialized_schema))
        return write(target, schema, batches(client, session, schema))


def write(target: Path, schema: pa.Schema, found: Iterable[pa.RecordBatch]) -> int:
    """Write batches as one Parquet file, in row groups; return their number of lines."""
    lines = 0
    with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        for held in gathered(found):
            table = pa.Table.from_batches(held, schema)
            writer.write_table(table, row_group_size=ROW_GROUP)
            lines += table.num_rows
    return lines


@contextmanager
def connect(store: BigQueryStore) -> Iterator[Any]:
    """Open the API; a test server's is not encrypted."""
    endpoint = store.settings.storage_endpoint
    if endpoint:
        channel = grpc.insecure_channel(endpoint, options=LARGEST_MESSAGE)
        client = BigQueryReadClient(transport=BigQueryReadGrpcTransport(channel=channel))
    else:
        client = BigQueryReadClient(credentials=store.session.credentials)
    try:
        yield client
    finally:
        client.transport.close()


def open_session(client: Any, store: BigQueryStore, restriction: str) -> Any:
    """Make a read session: BigQuery chooses columns and lines, and freezes the table."""
    skipped = {name.lower() for name in store.settings.skip_columns}
    fields = [str(f["name"]) for f in store.about()["schema"]["fields"]]
    wanted = types.ReadSession(
        table=f"projects/{store.project}/datasets/{store.dataset}/tables/{store.table}",
        data_format=types.DataFormat.ARROW,
        read_options=types.ReadSession.TableReadOptions(
            selected_fields=[name for name in fields if name.lower() not in skipped],
            row_restriction=restriction,
        ),
    )
    return client.create_read_session(
        parent=f"projects/{store.payer}", read_session=wanted, max_stream_count=1
    )


def batches(client: Any, session: Any, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the batches of all streams."""
    for stream in session.streams:
        for message in client.read_rows(stream.name):
            buffer = pa.py_buffer(message.arrow_record_batch.serialized_record_batch)
            yield pa.ipc.read_record_batch(buffer, schema)


def gathered(found: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Yield batches together, as soon as they fill a row group."""
    held: list[pa.RecordBatch] = []
    lines = 0
    for batch in found:
        held.append(batch)
        lines += batch.num_rows
        if lines >= ROW_GROUP:
            yield held
            held, lines = [], 0
    if held:
        yield held


@contextmanager
def storage_errors(where: str) -> Iterator[None]:
    """Turn the API's errors into ours."""
    try:
        yield
    except Forbidden as error:
        raise AccessDenied(where, "bigquery.readsessions.create", hint=ROLES) from error
    except NotFound as error:
        raise BucketNotFound(f"the table {where}") from error
    except GoogleAuthError as error:
        raise CredentialsMissing(str(error), provider="Google", hint=HINT) from error
    except (GoogleAPICallError, grpc.RpcError) as error:
        raise Unreachable(where, " ".join(str(error).split())[:300]) from error
