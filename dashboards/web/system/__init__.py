"""queues, workers, cameras, jobs, dead letters, disk."""
