"""Looks at what the pipeline stands on: Pub/Sub's topics and BigQuery's load jobs. What is wrong with them: `checks.infra`."""
