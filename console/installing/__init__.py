"""What makes a machine run the watcher: systemd units, a crontab line, a Cloud Run job. No secrets stand in it."""
