"""What the product costs, against raw DuckDB doing the same work in the same run."""
