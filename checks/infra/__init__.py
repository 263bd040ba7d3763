"""What is wrong with what the pipeline stands on: Pub/Sub's dead letters, BigQuery's quotas."""
