"""Footage, jobs, cameras and live events over the API."""
